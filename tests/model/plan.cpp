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
  // The first five are prices of no use, the others are none.
  const auto none = std::to_array<std::string>(
      {charge("\"9,99\""), charge("\"-5.00\""), charge("null"), charge("\"1e400\""),
       R"({"charge":{"amount":"9.99"}})", "", "[]", "true", R"({"purchaseId":"p"})",
       R"({"charge":[]})", R"({"charge.amount":"900.00","charge.code":"USD"})"});
  const auto which = dice.below(none.size());
  trip.answer = none[which];
  trip.unpriceable = which < 5;
}

std::string checkout_cart_of(const TripPlan& trip) {
  const auto money =
      fmt::format(R"({{"amount":"{}","currencyCode":"{}"}})", trip.amount, trip.currency);
  return fmt::format(
      R"({{"lineItems":[{{"productId":"p-1","type":"SKU","quantity":{{"value":"1.0","unit":"each"}},)"
      R"("unitPrice":{{"totalPrice":{0},"price":{0}}}}}],)"
      R"("orderTotals":{{"priceTotal":{0},"subTotal":{0},"promotionsTotal":{1},"salesTaxTotal":{1}}}}})",
      money, R"({"amount":"0.00","currencyCode":"USD"})");
}

TripPlan make_trip(std::uint64_t seed, std::size_t number) {
  TripPlan trip;
  trip.id = fmt::format("trip-{}", number);
  Dice dice(seed, trip.id);
  trip.empty = dice.happens(0.1);
  trip.arrives_after = number == 0 ? 0ms : dice.up_to(20min);
  trip.began_before = dice.happens(0.1) ? dice.up_to(60h) : 1min;
  plan_price(trip, dice);
  trip.shown_after = dice.happens(0.2) ? -1ms : dice.happens(0.5) ? 0ms : dice.up_to(30min);
  trip.script = make_script(dice, dice.happens(0.2) ? 6 : 2);
  trip.refunded = dice.happens(0.2);
  if (Dice(seed, "store of " + trip.id).happens(0.1)) trip.store = "STORE-002";
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

/// What the store lets pass, and who says something about the rest. Streams of their own.
void plan_rules(Plan& plan) {
  Dice limits(plan.seed, "limits");
  constexpr std::array<std::string_view, 3> most{"50.00", "150.00", "250"};
  if (limits.happens(0.3)) plan.limit.currency = "USD";
  if (limits.happens(0.3)) plan.limit.most = limits.of(std::span<const std::string_view>(most));
  plan.captures_parts = limits.happens(0.4);
  Dice desk(plan.seed, "desk");
  if (plan.wrong_words == 0 && desk.happens(0.5)) plan.desk_answers = 0.2 + desk.chance() * 0.7;
  plan.desk_has_one_column = desk.happens(0.15);
  plan.born_by_clock = Dice(plan.seed, "birth").happens(0.3);
  plan.decides_refunds = Dice(plan.seed, "refund words").happens(0.4);
  Dice evidence(plan.seed, "evidence");
  if (!evidence.happens(0.05)) return;
  // From then on nothing is proved, for no trip: so the ledger that knows it is not exchanged.
  auto& trip = plan.trips[evidence.below(plan.trips.size())];
  trip.shown_before = evidence.happens(0.5) ? "EARLY0000001" : shown_id;
  for (auto& loss : plan.losses) loss.accident = Accident::none;
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
  plan_rules(plan);
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
  plan.desk_answers = 0;
  for (auto& loss : plan.losses) loss.accident = Accident::none;
  return plan;
}

std::optional<Plan> with_a_replaced_box(Plan plan) {
  const auto is_free = [](const TripPlan& trip) { return trip.amount == "0.00"; };
  if (!loses_a_ledger(plan) || std::ranges::any_of(plan.trips, is_free)) return std::nullopt;
  plan.grants = true;
  plan.wrong_words = 0;
  return plan;
}

std::optional<Plan> with_news_of_elsewhere(Plan plan) {
  if (!loses_a_ledger(plan)) return std::nullopt;
  plan.tells_elsewhere = true;
  plan.wrong_words = 0;
  return plan;
}

std::optional<Plan> with_checkout(Plan plan) {
  plan.checks_out = true;
  plan.wrong_words = 0;
  for (auto& loss : plan.losses) loss.accident = Accident::none;
  for (auto& trip : plan.trips) {
    if (!trip.answer_has_price || trip.empty || trip.amount == "0.00") return std::nullopt;
    if (trip.currency != "USD") return std::nullopt;
    trip.refunded = false;
    trip.answer = fmt::format(R"({{"purchaseId":"p","checkoutCart":{}}})", checkout_cart_of(trip));
    Dice dice(plan.seed, "checkout of " + trip.id);
    add_checkout(trip.script, dice);
  }
  return plan;
}

std::optional<Plan> with_questions_to_amazon(Plan plan) {
  if (!loses_a_ledger(plan)) return std::nullopt;
  plan.asks_unvouched = true;
  plan.wrong_words = 0;
  plan.sudden_words = 0;
  for (auto& trip : plan.trips) {
    Dice dice(plan.seed, "shown soon " + trip.id);
    trip.shown_after = dice.up_to(5min);
  }
  return plan;
}

std::optional<Plan> with_a_poison_record(Plan plan) {
  while (plan.trips.size() < 3) plan.trips.push_back(make_trip(plan.seed, plan.trips.size()));
  plan.losses.clear();
  plan.steps.clear();
  plan.clock_off = milliseconds{0};
  for (auto& trip : plan.trips) {
    trip.script[Kind::cart].clear();
    trip.script[Kind::record].clear();
    trip.store = "STORE-001";
  }
  plan.poisoned_for = 6h;
  return plan;
}

bool is_over_limit(const Plan& plan, const std::string& money) {
  const auto blank = money.find(' ');
  const auto currency = money.substr(blank + 1);
  const bool foreign = !plan.limit.currency.empty() && currency != plan.limit.currency;
  if (foreign || currency == "KWD") return true;
  return !plan.limit.most.empty() && std::stod(money.substr(0, blank)) > std::stod(plan.limit.most);
}

bool has_a_calm_cloud(const Plan& plan) {
  return plan.poisoned_for == 0ms && std::ranges::all_of(plan.trips, [](const TripPlan& trip) {
           const auto is_well = [](const auto& turns) { return turns.second.empty(); };
           return std::ranges::all_of(trip.script, [&](const auto& turns) {
             const bool cloud = turns.first == Kind::cart || turns.first == Kind::record;
             return !cloud || is_well(turns);
           });
         });
}

bool loses_a_ledger(const Plan& plan) {
  return std::ranges::any_of(plan.losses,
                             [](const Loss& loss) { return loss.accident != Accident::none; });
}

Plan timeless(Plan plan) {
  plan.trips.resize(1);
  auto& shown_after = plan.trips.front().shown_after;
  shown_after = std::min(shown_after, milliseconds{0});
  plan.losses.clear();
  plan.steps.clear();
  plan.clock_off = milliseconds{0};
  plan.born_by_clock = false;
  plan.wrong_words = 0;
  plan.sudden_words = 0;
  plan.desk_answers = 0;
  plan.decides_refunds = false;
  return plan;
}

}  // namespace gatehouse::sync::model
