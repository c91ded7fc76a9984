// A ledger that may be a copy, while its original lives and is named in prices.
#include "tests/store/ledger/ledger_grant_fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class LedgerBesideItsOriginal : public LedgerGrant {
 protected:
  /// A trip that began when the gap was long known, so it is not withheld.
  void append_later(const std::string& trip_id) {
    NewCart cart = make_cart(trip_id);
    cart.started_at = at(20'000) + gap_clock_tolerance + milliseconds{1};
    run([&](Ledger& ledger) { require(ledger.append(cart)); });
  }
};

TEST_F(LedgerBesideItsOriginal, LeavesToItWhatThePriceNamesItFor) {
  const std::string original = name();
  append("of before");
  lose_history();
  append_later("of both");
  ASSERT_FALSE(settlement("of both").withheld);
  answer("of both", {.ledger = original, .required = true});
  const Settlement kept = settlement("of both");
  EXPECT_EQ(kept.state, State::not_granted) << "its cart came to whoever was named before";
  EXPECT_EQ(kept.price_ledger, original);
  EXPECT_NE(kept.reason.find("may be a copy"), std::string::npos) << kept.reason;
  append_later("of ours");
  answer("of ours", {.ledger = name(), .required = true});
  EXPECT_EQ(settlement("of ours").state, State::adjust_due);
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerBesideItsOriginal, WithholdsWhatAConfirmedClockPutsBeforeTheGap) {
  const std::string original = name();
  lose_history();  // found by a clock that stands in the past
  append_later("t-1");
  answer("t-1", {.ledger = original});
  ASSERT_EQ(settlement("t-1").state, State::not_granted);
  ASSERT_FALSE(settlement("t-1").withheld);
  const WallTime opened_at = at(20'000) + std::chrono::hours{5};
  run([&](Ledger& ledger) { require(ledger.confirm_opening(opened_at, opened_at)); });
  EXPECT_TRUE(settlement("t-1").withheld) << "the lost history may have charged it after all";
  EXPECT_EQ(settlement("t-1").state, State::not_granted);
}

TEST_F(LedgerBesideItsOriginal, DoesNotTakeNotYetChargedElsewhereForNeverToBe) {
  const std::string original = name();
  append("t-1");
  lose_history();
  append_later("t-2");
  answer("t-1", {.ledger = original, .settled_elsewhere = false});
  answer("t-2", {.ledger = original, .settled_elsewhere = false});
  EXPECT_TRUE(settlement("t-1").withheld);
  EXPECT_EQ(settlement("t-2").state, State::not_granted);
  EXPECT_EQ(due(), 0U);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerBesideItsOriginal, ChargesWhatSomebodyHasLetGoThatIsNamedForTheTimeBefore) {
  const std::string before = name();
  append("t-1");
  lose_history();
  run([](Ledger& ledger) {
    require(ledger.vouch("t-1", State::awaiting_price, "two looks", at(30'000)));
  });
  answer("t-1", {.ledger = before});
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerBesideItsOriginal, IsTheOnlyOneOnceAPersonHasAcceptedTheGap) {
  lose_history();
  const std::string before = name();
  append_later("t-1");
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  answer("t-1", {.ledger = before});
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
}

TEST_F(LedgerBesideItsOriginal, NeverComesToItsEraThoughBothFoundAGapAndBothWereAccepted) {
  const auto copy_file = folder.path() / "copy.db";
  std::filesystem::copy_file(file, copy_file);
  std::filesystem::copy_file(file.string() + "-wal", copy_file.string() + "-wal");
  VouchedLedger copy = require(open_vouched(copy_file, at(20'000)));
  ASSERT_EQ(copy.ledger.mark().id, opened.ledger.mark().id);
  const auto accept = [](Ledger& ledger) {
    require(ledger.begin());
    EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100)));
    require(ledger.commit());
  };
  lose_history();
  const std::string with_gap = name();
  EXPECT_NE(with_gap, ledger_name(copy.ledger.mark()));
  accept(copy.ledger);
  accept(opened.ledger);
  EXPECT_NE(name(), ledger_name(copy.ledger.mark()));

  append_later("named for the other");
  append_later("named for it with its gap");
  answer("named for the other", {.ledger = ledger_name(copy.ledger.mark())});
  answer("named for it with its gap", {.ledger = with_gap});
  EXPECT_EQ(settlement("named for the other").state, State::not_granted);
  EXPECT_EQ(settlement("named for it with its gap").state, State::adjust_due);
}

TEST_F(LedgerBesideItsOriginal, LeavesToItWhatANumberBetweenItsOwnErasIsNamedFor) {
  lose_history();
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  LedgerMark between = opened.ledger.mark();
  --between.era;
  append_later("t-1");
  answer("t-1", {.ledger = ledger_name(between)});
  EXPECT_EQ(settlement("t-1").state, State::not_granted);
}

TEST_F(LedgerBesideItsOriginal, LetsNothingGoWhereItsOriginalIsNamedInAnEraBegunSince) {
  append("t-1");
  run([](Ledger& ledger) { require(ledger.price("t-1", {999, "USD"}, at(9'000))); });
  lose_history();
  LedgerMark original = opened.ledger.mark();
  --original.era;
  answer("t-1", {.ledger = ledger_name(original), .settled_elsewhere = false});
  EXPECT_TRUE(settlement("t-1").withheld);
  EXPECT_EQ(settlement("t-1").state, State::not_granted);
  EXPECT_NE(settlement("t-1").reason.find("never in"), std::string::npos);
  EXPECT_EQ(due(), 0U);
}

TEST_F(LedgerBesideItsOriginal, TakesTheEraOfALostHistoryOfItsOwnForItsOwn) {
  LedgerMark lost = opened.ledger.mark();
  lost.era = 5'000;
  append("t-1");
  run([&](Ledger& ledger) {
    require(ledger.note_gap({GapKind::behind, at(20'000), lost, ledger.mark().sequence}));
  });
  EXPECT_GT(opened.ledger.mark().era, lost.era);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  answer("t-1", {.ledger = ledger_name(lost)});
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
}

TEST_F(LedgerBesideItsOriginal, ChargesThoughItsWitnessAloneWasLost) {
  const std::string before = name();
  append("t-1");
  lose_history();
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  run([](Ledger& ledger) {
    require(ledger.note_gap({GapKind::witness_lost, at(50'000), ledger.mark(), 1}));
  });
  append_later("t-2");
  answer("t-2", {.ledger = before});
  EXPECT_EQ(settlement("t-2").state, State::adjust_due) << "no gap that withholds is open";
}

}  // namespace
}  // namespace gatehouse::store
