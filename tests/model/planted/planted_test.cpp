// That the model bites: each fault that is planted in a box is found soon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "tests/model/story.hpp"

namespace gatehouse::sync::model {
namespace {

using testing::AnyOf;

constexpr std::uint64_t seeds_max = 1000;

std::optional<Plan> as_it_is(Plan plan) {
  return plan;
}

/// Much is decided at the desk, of captures that had no effect and no clear answer.
std::optional<Plan> with_a_busy_desk(Plan plan) {
  plan.desk_answers = 0.9;
  plan.sudden_words = 0;
  plan.wrong_words = 0;
  for (auto& trip : plan.trips) {
    const Turn unclear{.fate = {.arrives_after = std::nullopt, .reply = simulation::no_answer()}};
    trip.script[Kind::capture] = {unclear, unclear, unclear};
  }
  return plan;
}

/// The same where its cloud has one column for it.
std::optional<Plan> with_a_busy_desk_of_one_column(Plan plan) {
  auto busy = with_a_busy_desk(std::move(plan));
  busy->desk_has_one_column = true;
  return busy;
}

/// A ledger is lost, and nobody comes by for hours.
std::optional<Plan> with_a_lost_history(Plan plan) {
  const auto is_lost = [](const Loss& loss) { return loss.accident == Accident::deleted; };
  if (std::ranges::none_of(plan.losses, is_lost)) return std::nullopt;
  plan.desk_answers = 0;
  plan.visits_every = std::chrono::hours{4};
  return plan;
}

/// Amazon shows an id of each trip before any capture.
std::optional<Plan> with_early_ids(Plan plan) {
  for (auto& trip : plan.trips) trip.shown_before = shown_id;
  return plan;
}

/// The invariant that was broken first, "(1)"; '' : none in so many seeds.
std::string found_by(const Planted& planted, std::optional<Plan> (*as)(Plan) = as_it_is) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const auto plan = as(make_plan(seed));
    if (!plan) continue;
    Story story(*plan, planted);
    story.live();
    const auto& complaints = story.complaints();
    if (complaints.empty()) continue;
    testing::Test::RecordProperty("seed", std::to_string(seed));
    return complaints.front().substr(0, complaints.front().find(')') + 1);
  }
  return "";
}

/// A second capture leaves by it, whatever else it breaks first in other seeds.
bool charges_twice(const Planted& planted, std::optional<Plan> (*as)(Plan)) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const auto plan = as(make_plan(seed));
    if (!plan) continue;
    Story story(*plan, planted);
    story.live();
    const auto& complaints = story.complaints();
    if (std::ranges::any_of(complaints, [](const std::string& each) {
          return each.starts_with("(1)") && each.contains("another leaves after 0 words");
        })) {
      testing::Test::RecordProperty("seed", std::to_string(seed));
      return true;
    }
  }
  return false;
}

/// Two boxes in one store that get each cart, with a cloud that lets both of them charge it. No
/// planted fault: what a store must not do, and why grants are required where it has two.
TEST(PlantedFault, TwoBoxesWithoutGrantsChargeTwice) {
  bool charged_twice = false;
  for (std::uint64_t seed = 1; seed <= seeds_max && !charged_twice; ++seed) {
    Plan plan = make_plan(seed);
    plan.boxes = 2;
    Story story(plan);
    story.live();
    charged_twice = story.effects("trip-0") == 2 && !story.complaints().empty();
  }
  EXPECT_TRUE(charged_twice);
}

/// A clone of a whole disk is the same ledger in the same era, and the same file: nothing in it
/// tells that there are two, and no price can. No planted fault either, but what docs/settlement.md
/// says remains possible.
TEST(PlantedFault, AClonedDiskChargesTwiceWhateverPricesName) {
  bool charged_twice = false;
  for (std::uint64_t seed = 1; seed <= seeds_max && !charged_twice; ++seed) {
    auto plan = with_a_copied_ledger(make_plan(seed));
    if (!plan || !plan->grants) continue;
    plan->copying->is_a_clone = true;
    Story story(*plan);
    story.live();
    charged_twice = story.effects("trip-0") == 2 && story.complaints().front().starts_with("(1)");
  }
  EXPECT_TRUE(charged_twice);
}

TEST(PlantedFault, ASuccessTakenForAFailureIsFound) {
  EXPECT_EQ(found_by(success_taken_for_failure()), "(8)") << "it is charged without a doubt";
}

TEST(PlantedFault, AnIntentAfterItsCallIsFound) {
  EXPECT_EQ(found_by(intent_after_the_call()), "(2)");
}

TEST(PlantedFault, AWitnessAfterTheCaptureIsFound) {
  EXPECT_EQ(found_by(witness_after_the_call()), "(2)");
}

TEST(PlantedFault, AKeyWithoutItsRevisionIsFound) {
  EXPECT_EQ(found_by(key_without_revision()), "(9)");
}

TEST(PlantedFault, AnErrorOfALookTakenForAbsenceIsFound) {
  // Where it was the one before a capture, what is shown later seems to prove that.
  EXPECT_THAT(found_by(error_taken_for_absence()), AnyOf("(5)", "(6)"));
}

TEST(PlantedFault, AnotherLedgersPriceChargedIsFound) {
  EXPECT_EQ(found_by(another_ledgers_price_charged(), with_two_boxes), "(1)");
}

TEST(PlantedFault, AnotherLedgersPriceChargedBesideALossIsFound) {
  EXPECT_EQ(found_by(another_ledgers_price_charged(), with_a_loss_beside_a_second_box), "(1)");
}

TEST(PlantedFault, ACopyTakenForTheOriginalIsFound) {
  EXPECT_TRUE(charges_twice(copy_taken_for_the_original(), with_a_copied_ledger));
}

TEST(PlantedFault, AGapWithoutAnEraOfItsOwnIsFound) {
  EXPECT_TRUE(charges_twice(gap_without_an_era(), with_a_copied_ledger));
  // Before anything is charged by it, two histories tell of themselves under one name.
  EXPECT_EQ(found_by(gap_without_an_era(), with_a_loss_beside_a_second_box), "(9)");
}

TEST(PlantedFault, AnOriginalsPriceChargedByACopyIsFound) {
  EXPECT_TRUE(charges_twice(originals_price_charged(), with_a_copied_ledger));
}

TEST(PlantedFault, ANewLedgerThatWithholdsNothingIsFound) {
  EXPECT_EQ(found_by(new_ledger_that_withholds_nothing(), with_a_new_disk), "(1)");
}

TEST(PlantedFault, AWallClockInAFinalStateIsFound) {
  EXPECT_EQ(found_by(wall_clock_in_a_final_state()), "(5)");
}

TEST(PlantedFault, ADeskThatIsToldLateIsFound) {
  EXPECT_EQ(found_by(desk_told_late()), "(7)");
}

TEST(PlantedFault, ALostHistoryThatAmazonIsAskedAboutIsFound) {
  EXPECT_EQ(found_by(lost_history_asked_about(), with_a_lost_history), "(1)");
}

TEST(PlantedFault, AHeldChargeWithoutAWarningIsFound) {
  EXPECT_EQ(found_by(held_without_a_warning()), "(7)");
}

TEST(PlantedFault, ALimitThatIsNotLookedAtIsFound) {
  EXPECT_EQ(found_by(limits_not_looked_at()), "(3)");
}

TEST(PlantedFault, APartTakenForTheWholeIsFound) {
  EXPECT_EQ(found_by(part_taken_for_the_whole()), "(3)");
}

TEST(PlantedFault, AWordTakenForOneAboutTheNewestRecordIsFound) {
  EXPECT_THAT(found_by(word_taken_for_the_newest(), with_a_busy_desk), AnyOf("(1)", "(4)", "(6)"));
}

TEST(PlantedFault, AWordAboutNothingThatIsBelievedIsFound) {
  EXPECT_THAT(found_by(word_about_nothing_believed(), with_a_busy_desk_of_one_column),
              AnyOf("(1)", "(4)", "(6)"));
}

TEST(PlantedFault, AChargeElsewhereThatIsDeniedIsFound) {
  EXPECT_THAT(found_by(elsewhere_denied(), with_news_of_elsewhere), AnyOf("(1)", "(4)"));
}

TEST(PlantedFault, ARefundThatNobodyWroteDownIsFound) {
  EXPECT_EQ(found_by(refund_that_nobody_wrote_down()), "(2)");
}

TEST(PlantedFault, ARefundOfAnotherAmountIsFound) {
  EXPECT_EQ(found_by(refund_of_another_amount()), "(8)");
}

TEST(PlantedFault, AWithdrawnRefundThatIsFreeAtOnceIsFound) {
  EXPECT_EQ(found_by(withdrawn_refund_that_is_free_at_once(), with_decided_refunds), "(3)");
}

TEST(PlantedFault, EvidenceThatIsNotMeasuredIsFound) {
  EXPECT_EQ(found_by(evidence_not_measured(), with_early_ids), "(5)");
}

TEST(PlantedFault, AnotherCartCheckedOutIsFound) {
  EXPECT_EQ(found_by(another_cart_checked_out(), with_checkout), "(9)");
}

TEST(PlantedFault, ARecordThatBlocksAllIsFound) {
  EXPECT_EQ(found_by(record_that_blocks_all(), with_a_poison_record), "(10)");
}

TEST(PlantedFault, ADoubtReportedAsADebtIsFound) {
  EXPECT_EQ(found_by(unclear_reported_as_debt()), "(8)");
}

}  // namespace
}  // namespace gatehouse::sync::model
