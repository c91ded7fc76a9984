#include "sync/amazon/doubt.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using State = store::SettlementState;

store::Settlement settlement(State state, int sent = 1, int not_done = 0) {
  store::Settlement made;
  made.state = state;
  made.captures_sent = sent;
  made.captures_not_done = not_done;
  return made;
}

TEST(Doubt, LetsNoCaptureLeaveBesideOneThatMayHaveCharged) {
  auto in_doubt = settlement(State::capture_due);
  EXPECT_TRUE(may_capture(in_doubt, false)) << "it is not in doubt";
  in_doubt.charge_unclear = true;
  EXPECT_FALSE(may_capture(in_doubt, false));
  EXPECT_TRUE(may_capture(in_doubt, true));
  EXPECT_FALSE(may_capture(
      [] {
        auto repeated = settlement(State::capture_due, 2);
        repeated.charge_unclear = true;
        return repeated;
      }(),
      true))
      << "once in a trip's life";
}

TEST(Doubt, DoesNotCountACaptureThatSurelyHadNoEffect) {
  auto in_doubt = settlement(State::capture_due, 5, 4);
  in_doubt.charge_unclear = true;
  EXPECT_EQ(captures_that_count(in_doubt), 1);
  EXPECT_TRUE(may_capture(in_doubt, true));
}

TEST(Doubt, RepeatsOnceAfterTwentyMinutesAndTwoLooksWhereItIsConfigured) {
  const auto after = [](bool repeats, int captures, int looks, milliseconds since) {
    return after_clear_look(
        {.repeats = repeats, .captures = captures, .clear_looks = looks, .since_capture = since},
        1min);
  };
  EXPECT_EQ(after(true, 1, 2, 20min), Event::missing);
  EXPECT_EQ(after(true, 1, 9, 20min - 1ms), Event::absent) << "however often it was looked";
  EXPECT_EQ(after(true, 1, 1, 48h), Event::absent) << "however long ago it was";
  EXPECT_EQ(after(true, 2, 9, 48h), Event::undecided) << "once";
  EXPECT_EQ(after(false, 1, 9, 48h), Event::undecided) << "never by default";
}

TEST(Doubt, IsLookedAtAfter2And10And20And40MinutesAndThenEachHour) {
  milliseconds since{0};
  std::vector<milliseconds> looks;
  for (int made = 0; made < 7; ++made) looks.push_back(since += next_look(made, 1min));
  EXPECT_EQ(looks, (std::vector<milliseconds>{2min, 10min, 20min, 40min, 100min, 160min, 220min}));
  EXPECT_EQ(next_look(-1, 1min), 2min);
  EXPECT_EQ(next_look(1'000'000, 1min), next_look_max);
}

TEST(Doubt, CountsALookOnlyWhenItWasAnsweredClearly) {
  auto unknown = settlement(State::capture_unknown);
  unknown.clear_looks = 3;
  for (const auto event : {Event::absent, Event::missing, Event::undecided}) {
    EXPECT_EQ(clear_looks_after(unknown, event), 4) << to_text(event);
  }
  for (const auto event : {Event::unclear, Event::not_done, Event::refused, Event::unknown_trip,
                           Event::expired, Event::reconciled}) {
    EXPECT_FALSE(clear_looks_after(unknown, event)) << to_text(event);
  }
  auto sent = settlement(State::capture_sent);
  sent.clear_looks = 3;
  EXPECT_EQ(clear_looks_after(sent, Event::unclear), 0) << "a new capture, a new count";
  EXPECT_FALSE(clear_looks_after(sent, Event::accepted));
}

TEST(Doubt, SaysThatASecondChargeIsPossibleWhereOneWasRepeated) {
  const auto reason = [](int sent) {
    return reason_after_look(settlement(State::held, sent), Event::reconciled, "");
  };
  EXPECT_EQ(reason(1).find("second charge"), std::string::npos);
  EXPECT_NE(reason(2).find("second charge"), std::string::npos);
}

TEST(Doubt, KeepsTheReasonOfWhatIsHeldWhateverALookSays) {
  auto held = settlement(State::held);
  held.reason = "held by an operator: Zoe asks";
  EXPECT_EQ(reason_after_look(held, Event::absent, ""), held.reason);
  EXPECT_EQ(reason_after_look(held, Event::unclear, "no answer"), held.reason);
}

store::Settlement captured_after(std::optional<std::string> before) {
  auto made = settlement(State::capture_unknown);
  made.charge_unclear = true;
  made.reconciliation_before = std::move(before);
  return made;
}

TEST(Doubt, TakesOnlyAReconciliationIdThatWasNotThereBeforeForProof) {
  const std::string id = shown("A-1");
  EXPECT_EQ(id.size(), 64U);
  EXPECT_EQ(shown(""), "");
  EXPECT_TRUE(proves_capture(captured_after(""), id)) << "none was there";
  EXPECT_TRUE(proves_capture(captured_after(shown("A-2")), id)) << "another one was";
  EXPECT_FALSE(proves_capture(captured_after(id), id)) << "it was there";
  EXPECT_FALSE(proves_capture(captured_after(std::nullopt), id)) << "nobody knows";
  EXPECT_FALSE(proves_capture(captured_after(""), "")) << "none is there";
  auto never_sent = captured_after("");
  never_sent.captures_sent = 0;
  EXPECT_FALSE(proves_capture(never_sent, id));
}

TEST(Doubt, LetsACaptureThatIsNotInDoubtLeaveWhateverTheLookBeforeItShows) {
  const auto fresh = settlement(State::capture_due, 0);
  for (const bool decides : {true, false}) {
    for (const std::optional<std::string>& seen :
         {std::optional<std::string>{}, std::optional<std::string>{""},
          std::optional{shown("A")}}) {
      const LookBefore look{.shown = seen, .decides = decides};
      EXPECT_EQ(after_look_before(fresh, look), Event::started);
      EXPECT_EQ(is_unsound(fresh, look), seen && !seen->empty());
      EXPECT_FALSE(is_unsound(settlement(State::capture_due, 1, 1), look)) << "it may be ours";
    }
  }
}

TEST(Doubt, DoubtsACaptureThatWasDeniedWhereAnIdHasComeSince) {
  auto denied = settlement(State::capture_due, 1, 1);
  const auto after = [&denied](std::string_view id, bool decides = true) {
    return after_look_before(denied, {.shown = shown(id), .decides = decides});
  };
  EXPECT_EQ(after("A"), Event::started) << "what was there before is not known";
  denied.reconciliation_before = "";
  EXPECT_EQ(after("A"), Event::undecided);
  EXPECT_EQ(after("A", false), Event::started);
  EXPECT_EQ(after(""), Event::started);
  denied.reconciliation_before = shown("A");
  EXPECT_EQ(after("A"), Event::started) << "a person knew";
}

TEST(Doubt, OfATripThatAnotherLedgerMayHaveChargedIsNoProofAgainstTheEvidence) {
  auto let_go = settlement(State::capture_due, 0);
  let_go.was_withheld = true;
  const LookBefore look{.shown = shown("A"), .decides = true};
  EXPECT_EQ(after_look_before(let_go, look), Event::undecided);
  EXPECT_FALSE(is_unsound(let_go, look));
  EXPECT_TRUE(reason_before_capture(let_go, Event::undecided, look).contains("another ledger"));
  EXPECT_EQ(after_look_before(let_go, {.shown = ""}), Event::started);
  EXPECT_EQ(after_look_before(let_go, {.shown = shown("A"), .decides = false}), Event::started);
  let_go.reconciliation_before = shown("A");
  EXPECT_EQ(after_look_before(let_go, look), Event::started) << "a person knew";
  EXPECT_FALSE(is_unsound(let_go, look));
}

TEST(Doubt, RepeatsACaptureOnlyAfterALookThatWasAnsweredAndShowsNone) {
  auto due = captured_after("");
  due.state = State::capture_due;
  const auto after = [&due](std::optional<std::string> seen, bool decides = true) {
    return after_look_before(due, {.shown = std::move(seen), .decides = decides});
  };
  EXPECT_EQ(after(""), Event::started);
  EXPECT_EQ(after(std::nullopt), Event::doubtful);
  EXPECT_EQ(after(shown("A")), Event::reconciled);
  EXPECT_EQ(after("", false), Event::undecided);
  due.reconciliation_before = shown("A");
  EXPECT_EQ(after(shown("A")), Event::undecided);
}

TEST(Doubt, IsLeftByA400ToACaptureBesideAnEarlierOneThatCounts) {
  for (const auto event : {Event::refused, Event::expired, Event::unknown_trip}) {
    EXPECT_EQ(beside_earlier_captures(settlement(State::capture_sent, 1), event), event)
        << "a first one surely had no effect";
    EXPECT_EQ(beside_earlier_captures(settlement(State::capture_sent, 2, 1), event), event);
    EXPECT_EQ(beside_earlier_captures(settlement(State::capture_sent, 2), event), Event::unclear);
    EXPECT_EQ(beside_earlier_captures(settlement(State::adjust_sent, 2), event), event);
  }
  EXPECT_EQ(beside_earlier_captures(settlement(State::capture_sent, 2), Event::not_done),
            Event::not_done);
}

}  // namespace
}  // namespace gatehouse::sync
