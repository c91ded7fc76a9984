// Plans in which a ledger is lost, or there are two of them.
#include <algorithm>
#include <chrono>
#include <utility>

#include "tests/model/plan.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// A ledger that is made where nothing is left charges what began up to two minutes before: it
/// could only be charged twice if the ledger before had charged it within two minutes of its
/// beginning (docs/settlement.md, "What remains possible"; store::birth_tolerance). Nobody shops,
/// leaves and is charged as fast as that, so no trip here does. Each begins after the first ledger
/// was made, which would withhold it otherwise.
void put_on_a_new_disk(Plan& plan) {
  constexpr milliseconds shortest_trip = 3min;
  constexpr milliseconds opening = 5min;
  for (auto& trip : plan.trips) {
    trip.began_before = std::max(trip.began_before, shortest_trip);
    trip.arrives_after += opening;
  }
  for (auto& loss : plan.losses) {
    if (loss.accident != Accident::none) loss.accident = Accident::new_disk;
  }
}

/// Made when the store is empty; and those who come later begin when that is long known, so that
/// nothing of theirs is withheld in the copy.
void copy_before_the_first_trip(Plan& plan, Copying& copying, Dice& dice) {
  copying.at = dice.up_to(1min);
  for (auto& trip : plan.trips) trip.arrives_after += 20min;
}

/// At any step of a trip.
milliseconds time_of_copy(const Plan& plan, Dice& dice) {
  const auto cart_comes = plan.trips[dice.below(plan.trips.size())].arrives_after;
  if (dice.happens(0.5)) return cart_comes + dice.up_to(500ms);
  return cart_comes + dice.up_to(dice.happens(0.5) ? milliseconds{2min} : milliseconds{2h});
}

}  // namespace

std::optional<Plan> with_a_loss_beside_a_second_box(Plan plan) {
  if (!loses_a_ledger(plan)) return std::nullopt;
  auto losses = plan.losses;
  auto two = with_two_boxes(std::move(plan));
  if (!two) return std::nullopt;
  two->losses = std::move(losses);
  if (Dice(two->seed, "a disk of two").happens(0.25)) put_on_a_new_disk(*two);
  return two;
}

/// Without grants two boxes that get the same cart both charge it, so there the copy gets none.
/// Where a file system does not tell when a file was made, times tell a copy, so no clock is wrong.
/// One ledger would know that an id proves nothing, and the other one would not: so none is shown
/// early. The copy does not ask Amazon, and no cloud without grants says that nobody else has
/// charged a trip, for the original may do it later; nor has that a gap of its own: the books tell
/// a copy and its original apart by the one era that each is in.
std::optional<Plan> with_a_copied_ledger(Plan plan) {
  auto two = with_two_boxes(std::move(plan));
  if (!two) return std::nullopt;
  Dice dice(two->seed, "copied ledger");
  auto& copying = two->copying.emplace();
  copying.at = time_of_copy(*two, dice);
  copying.gets_carts = dice.happens(0.6);
  if (copying.gets_carts && dice.happens(0.3)) copy_before_the_first_trip(*two, copying, dice);
  two->grants = copying.gets_carts || dice.happens(0.3);
  two->clock_off = 0ms;
  two->steps.clear();
  for (auto& trip : two->trips) trip.shown_before.clear();
  return two;
}

std::optional<Plan> with_a_new_disk(Plan plan) {
  if (!loses_a_ledger(plan)) return std::nullopt;
  put_on_a_new_disk(plan);
  std::optional<Plan> made;
  switch (Dice(plan.seed, "new disk").below(4)) {
    case 0:
      made = with_a_replaced_box(plan);
      break;
    case 1:
      made = with_news_of_elsewhere(plan);
      break;
    case 2:
      made = with_questions_to_amazon(plan);
      break;
    default:
      break;
  }
  return made ? std::move(made) : std::move(plan);
}

}  // namespace gatehouse::sync::model
