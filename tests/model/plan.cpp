#include "tests/model/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds year = 24h * 365;

/// The cloud's answer to a cart: a price in every shape.
void plan_price(TripPlan& trip, Dice& dice) {
  const auto kind = dice.below(20);
  if (kind == 0) trip.currency = "JPY";
  if (kind == 1) trip.currency = "KWD";
  const auto whole = dice.below(300);
  const auto cents = 1 + dice.below(99);
  trip.amount =
      trip.currency == "JPY" ? fmt::format("{}", whole + 1) : fmt::format("{}.{:02}", whole, cents);
  if (trip.currency == "KWD") trip.amount += "5";
  if (kind == 2) trip.amount = "0.00";
  const auto charge = [&](const std::string& amount) {
    return fmt::format(R"({{"purchaseId":"p","charge":{{"amount":{},"code":"{}"}}}})", amount,
                       trip.currency);
  };
  trip.answer = charge(dice.happens(0.5) ? "\"" + trip.amount + "\"" : trip.amount);
  if (trip.currency == "USD" && dice.happens(0.1)) {
    trip.answer = charge(fmt::format("{}E-2", whole * 100 + cents));
    if (kind == 2) trip.answer = charge("0E2");
  }
  trip.answer_has_price = dice.happens(0.75);
  if (trip.answer_has_price) return;
  const auto none = std::to_array<std::string>(
      {"", "[]", "true", R"({"purchaseId":"p"})", charge("\"9,99\""), charge("\"-5.00\""),
       charge("null"), charge("\"1e400\""), R"({"charge":{"amount":"9.99"}})", R"({"charge":[]})",
       R"({"charge.amount":"900.00","charge.code":"USD"})"});
  trip.answer = none[dice.below(none.size())];
}

TripPlan make_trip(std::uint64_t seed, std::size_t number) {
  TripPlan trip;
  trip.id = fmt::format("trip-{}", number);
  Dice dice(seed, trip.id);
  trip.empty = dice.happens(0.1);
  trip.arrives_after = number == 0 ? 0ms : dice.up_to(20min);
  trip.began_before = dice.happens(0.1) ? dice.up_to(60h) : 5min;
  plan_price(trip, dice);
  trip.shown_after = dice.happens(0.2) ? -1ms : dice.happens(0.5) ? 0ms : dice.up_to(30min);
  trip.script = make_script(dice, dice.happens(0.2) ? 6 : 2);
  trip.refunded = dice.happens(0.2);
  return trip;
}

Loss make_loss(Dice& dice) {
  using When = Loss::When;
  constexpr std::array whens{When::before_commit, When::after_commit, When::before_call,
                             When::after_call,    When::at_time,      When::stopped};
  return {.when = dice.of(std::span<const When>(whens)),
          .count = 1 + dice.below(15),
          .at = dice.up_to(3h),
          .down = 100ms + (dice.happens(0.2) ? dice.up_to(2h) : dice.up_to(20s)),
          .power = dice.happens(0.3)};
}

/// The ledger is lost or exchanged, once. While the box's clock is behind, or was ahead before, a
/// trip of before cannot be told from a later one.
void plan_accident(Plan& plan, Dice& dice) {
  constexpr std::array accidents{Accident::deleted, Accident::emptied, Accident::older,
                                 Accident::foreign};
  auto& loss = plan.losses.emplace_back(make_loss(dice));
  loss.accident = dice.of(std::span<const Accident>(accidents));
  plan.copied_at = dice.up_to(5min);
  plan.clock_off = milliseconds{0};
  plan.steps.clear();
}

}  // namespace

milliseconds leap(Dice& dice) {
  constexpr std::array sizes{milliseconds{5s}, milliseconds{10min}, milliseconds{3h},
                             milliseconds{50h}, 40 * year};
  const auto by = dice.up_to(dice.of(std::span<const milliseconds>(sizes)));
  return dice.happens(0.5) ? by : -by;
}

Plan make_plan(std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  Dice dice(seed, "plan");
  const std::size_t trips = dice.happens(0.75) ? 1 : 2 + dice.below(2);
  for (std::size_t i = 0; i < trips; ++i) plan.trips.push_back(make_trip(seed, i));
  plan.repeats = dice.happens(0.4);
  plan.reports = dice.happens(0.5);
  const std::size_t losses = dice.happens(0.5) ? 0 : 1 + dice.below(3);
  for (std::size_t i = 0; i < losses; ++i) plan.losses.push_back(make_loss(dice));
  if (dice.happens(0.3)) plan.clock_off = leap(dice);
  const std::size_t steps = dice.happens(0.6) ? 0 : 1 + dice.below(4);
  for (std::size_t i = 0; i < steps; ++i) plan.steps.emplace_back(dice.up_to(2h), leap(dice));
  if (dice.happens(0.1)) plan.wrong_words = 0.5;
  if (dice.happens(0.2)) plan.sudden_words = 0.3;
  plan.visits_every = dice.happens(0.2) ? 4h : 30min + dice.up_to(30min);
  if (dice.happens(0.2)) plan_accident(plan, dice);
  return plan;
}

std::optional<Plan> with_two_boxes(Plan plan) {
  for (const auto& trip : plan.trips) {
    if (!trip.answer_has_price || trip.amount == "0.00") return std::nullopt;
  }
  plan.boxes = 2;
  plan.grants = true;
  plan.wrong_words = 0;
  plan.sudden_words = 0;
  for (auto& loss : plan.losses) loss.accident = Accident::none;
  return plan;
}

Plan timeless(Plan plan) {
  plan.trips.resize(1);
  auto& shown_after = plan.trips.front().shown_after;
  shown_after = std::min(shown_after, milliseconds{0});
  plan.losses.clear();
  plan.steps.clear();
  plan.clock_off = milliseconds{0};
  plan.wrong_words = 0;
  plan.sudden_words = 0;
  return plan;
}

}  // namespace gatehouse::sync::model
