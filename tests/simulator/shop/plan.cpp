#include "tests/simulator/shop/plan.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "tests/simulator/pricing.hpp"
#include "tests/simulator/random.hpp"

namespace gatehouse::simulator {
namespace {

PlannedItem plan_item(Random& random) {
  PlannedItem item{.id = fmt::format("SKU-{:04}", random.below(2000)),
                   .type = "SKU",
                   .quantity = fmt::format("{}.0", 1 + random.below(4)),
                   .unit = "unit",
                   .external_identifier = random.percent(20)};
  if (random.percent(10)) {  // sold by weight
    item.quantity = fmt::format("{}.{:03}", random.below(2), 50 + random.below(950));
    item.unit = "kg";
  } else if (random.percent(10)) {
    item.id = fmt::format("0{:012}", random.below(1'000'000'000'000));
    item.type = "SCANCODE";
  } else if (random.percent(2)) {  // nobody's catalogue has it; never a reason to refuse the cart
    item.id = fmt::format("NO-SUCH-ITEM-{}", random.below(1000));
  }
  return item;
}

std::int64_t price(const std::vector<PlannedItem>& items) {
  std::int64_t total = 0;
  for (const auto& item : items) total += line_price_minor(item.id, item.quantity);
  return total;
}

/// A shopper who may come in; nullopt where the population has none (or hardly any).
std::optional<Shopper> draw_active(const Population& population, Random& random) {
  for (int tries = 0; population.size() > 0 && tries < 100; ++tries) {
    auto shopper = population.shopper(random.below(population.size()));
    if (!shopper.blocked) return shopper;
  }
  return std::nullopt;
}

std::string draw_refused(const Population& population, Random& random) {
  const auto number = random.next() % 1'000'000;
  if (population.size() > 0) {
    const auto shopper = population.shopper(random.below(population.size()));
    if (shopper.blocked) return shopper.keys.front();
  }
  return population.unknown_key(number);
}

ScanForm draw_scan_form(Random& random) {
  const auto percent = random.below(100);
  if (percent < 80) return ScanForm::base64_id;
  if (percent < 85) return ScanForm::base64_id_with_blank;
  if (percent < 95) return ScanForm::base64_value;
  return ScanForm::plain_value;
}

}  // namespace

Plan::Plan(PlanOptions options) : options_(options), population_(options.seed, options.shoppers) {}

TripPlan Plan::trip(std::uint64_t index) const {
  const auto cards = options_.card_trips;
  TripPlan trip{.number = options_.first_trip + index};
  trip.card_entry = (index + 1) * cards / size() > index * cards / size();

  Random random(options_.seed, trip.number);
  trip.trip_id = random.uuid();
  const auto shopper = draw_active(population_, random);
  trip.key = shopper ? shopper->keys[random.below(shopper->keys.size())]
                     : population_.unknown_key(trip.number);
  trip.associate = shopper && shopper->associate;
  trip.scan_form = draw_scan_form(random);
  if (random.percent(options_.unknown_percent)) {
    trip.refused_key = draw_refused(population_, random);
  }
  if (!random.percent(options_.empty_percent)) {
    const auto items = 1 + random.below(8);
    for (std::uint64_t i = 0; i < items; ++i) trip.items.push_back(plan_item(random));
  }
  if (trip.card_entry) trip.charge_minor = price(trip.items);
  // Shorter than birth_tolerance: a box that has just been set up charges them.
  trip.length_s = static_cast<int>(20 + random.below(90));
  trip.group = random.percent(3);
  trip.manual_location = random.percent(2);
  trip.extra_fields = random.percent(options_.extra_fields_percent);
  if (random.percent(options_.duplicates_percent)) {
    trip.repetitions.push_back(trip.number % 2 == 0 ? Repetition::new_request
                                                    : Repetition::same_cart);
  }
  const std::array<std::pair<double, Repetition>, 4> repetitions{{
      {options_.same_cart_percent, Repetition::same_cart},
      {options_.new_request_percent, Repetition::new_request},
      {options_.reordered_percent, Repetition::reordered},
      {options_.late_percent, Repetition::late},
  }};
  for (const auto& [percentage, repetition] : repetitions) {
    if (random.percent(percentage)) trip.repetitions.push_back(repetition);
  }
  // Last of all, so that older trips of a seed stay what they were.
  if (random.percent(options_.identity_percent)) trip.shopper_identity = random.uuid();
  return trip;
}

}  // namespace gatehouse::simulator
