// Plans in which Amazon does not say whether a refund was made.
#include <array>
#include <chrono>
#include <span>

#include "tests/model/plan.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// More calls than a person's patience allows.
constexpr std::size_t without_end = 40;

/// It is not answered, or by an error that says nothing; now and then it had its effect.
Turn unclear_refund(Dice& dice) {
  constexpr std::array statuses{409, 409, 500, 503};
  Turn turn;
  const bool answered = dice.happens(0.6);
  turn.fate.reply = answered ? simulation::answer(dice.of(std::span<const int>(statuses)),
                                                  R"({"errorMsg":"InternalServiceException"})")
                             : simulation::no_answer();
  turn.fate.replied_after = answered ? 40ms : 35s;
  turn.fate.arrives_after = std::nullopt;
  if (dice.happens(0.15)) turn.fate.arrives_after = dice.up_to(dice.happens(0.5) ? 10min : 30s);
  return turn;
}

std::vector<Turn> refunds_without_end(Dice& dice) {
  std::vector<Turn> turns;
  for (std::size_t i = 0; i < without_end; ++i) {
    turns.push_back(dice.happens(0.9) ? unclear_refund(dice) : make_turn(Kind::refund, dice));
  }
  return turns;
}

}  // namespace

/// All goes well up to the capture, so that most of a story is about refunds. A box is lost while
/// one is under way, or later; where its ledger is, an hour after it was copied or more.
std::optional<Plan> with_decided_refunds(Plan plan) {
  plan.trips.resize(1);
  auto& trip = plan.trips.front();
  if (trip.empty || !trip.answer_has_price || trip.amount == "0.00") return std::nullopt;
  if (is_over_limit(plan, trip.amount + " " + trip.currency)) return std::nullopt;
  Dice dice(plan.seed, "decided refunds");
  for (const auto kind : {Kind::cart, Kind::adjust, Kind::capture, Kind::look}) {
    trip.script[kind].clear();
  }
  trip.script[Kind::refund] = refunds_without_end(dice);
  trip.refunded = true;
  trip.began_before = 1min;
  trip.shown_before.clear();
  plan.decides_refunds = true;
  plan.wrong_words = 0;
  plan.sudden_words = 0;
  plan.visits_every = 20min + dice.up_to(20min);
  plan.copied_at = dice.up_to(2h);
  for (auto& loss : plan.losses) {
    if (loss.accident != Accident::none) loss.when = Loss::When::at_time;
    if (loss.accident != Accident::none) loss.at = 1h + dice.up_to(2h);
  }
  if (dice.happens(0.6)) {
    plan.losses.push_back({.when = Loss::When::after_refund,
                           .count = 1 + dice.below(4),
                           .at = 4h,
                           .down = 100ms + dice.up_to(20s),
                           .power = dice.happens(0.3)});
  }
  return plan;
}

}  // namespace gatehouse::sync::model
