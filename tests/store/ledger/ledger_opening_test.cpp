// When a ledger was made, or found to lack history, is noted by a clock that may be wrong.
#include <gtest/gtest.h>

#include <functional>

#include "store/ledger/vouched_ledger.hpp"
#include "store/sqlite/database.hpp"
#include "tests/child/child.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

class LedgerOpening : public testing::Test {
 protected:
  void open(WallTime now) { opened.emplace(require(open_vouched(file, now))); }
  Settlement settlement(const std::string& trip_id) {
    return *require(require(LedgerReader::open(file)).trip(trip_id)).value().settlement;
  }
  Settlement begun(const std::string& trip_id, WallTime started_at) {
    NewCart cart = make_cart(trip_id);
    cart.started_at = started_at;
    work([&](Ledger& ledger) { require(ledger.append(cart)); });
    return settlement(trip_id);
  }
  /// The cloud's answer to the cart of a trip, with a price.
  void answer(const std::string& trip_id, ChargeGrant grant) {
    const auto trip = require(require(LedgerReader::open(file)).trip(trip_id)).value();
    DeliveryAttempt attempt;
    attempt.delivery_id = trip.deliveries.at(0).id;
    attempt.state = DeliveryState::delivered;
    attempt.at = at(9'000);
    attempt.charge = Money{999, "USD"};
    attempt.grant = std::move(grant);
    work([&](Ledger& ledger) { require(ledger.record_attempt(attempt)); });
  }
  void confirm(WallTime opened_at) {
    work([&](Ledger& ledger) { require(ledger.confirm_opening(opened_at, opened_at)); });
  }
  void work(const std::function<void(Ledger&)>& what) {
    require(opened->ledger.begin());
    what(opened->ledger);
    require(opened->ledger.commit());
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
  std::optional<VouchedLedger> opened;
  const WallTime real = at(100'000'000'000);
};

TEST_F(LedgerOpening, WithholdsWhatBeganBeforeALedgerThatAClockInThePastHasMade) {
  using std::chrono::hours;
  open(real - hours{24 * 30});
  EXPECT_FALSE(begun("before", real - hours{2}).withheld) << "by such a clock";
  work([&](Ledger& ledger) { require(ledger.price("before", {999, "USD"}, at(9'000))); });
  EXPECT_FALSE(begun("since", real + hours{1}).withheld);
  confirm(real);
  const Settlement before = settlement("before");
  EXPECT_TRUE(before.withheld);
  EXPECT_TRUE(before.withheld_by_birth);
  auto reader = require(LedgerReader::open(file));
  EXPECT_TRUE(require(reader.due_settlements(at(30'000), wait_max, 100)).empty());
  EXPECT_FALSE(settlement("since").withheld);
  EXPECT_TRUE(begun("before, and later", real - hours{2}).withheld);
  work([&](Ledger& ledger) {
    require(ledger.vouch("before", SettlementState::adjust_due, "somebody knows", at(9'000)));
  });
  confirm(real);
  EXPECT_FALSE(settlement("before").withheld) << "once";
}

TEST_F(LedgerOpening, WithholdsNoTripOfALedgerThatAClockInTheFutureHasMade) {
  using std::chrono::hours;
  open(real + hours{10});
  EXPECT_TRUE(begun("early", real + hours{1}).withheld);
  EXPECT_TRUE(begun("rightly", real - hours{1}).withheld);
  confirm(real);
  EXPECT_FALSE(settlement("early").withheld);
  EXPECT_TRUE(settlement("rightly").withheld);
  EXPECT_FALSE(begun("since", real + hours{1}).withheld);
  EXPECT_TRUE(begun("before", real - hours{1}).withheld);
}

TEST_F(LedgerOpening, LetsNothingGoOfWhichHistoryWasLostMeanwhile) {
  using std::chrono::hours;
  open(real + hours{10});
  EXPECT_TRUE(begun("early", real + hours{1}).withheld);
  work([&](Ledger& ledger) {
    require(ledger.note_gap({GapKind::behind, real + hours{10}, ledger.mark(), 1}));
  });
  confirm(real);
  EXPECT_TRUE(settlement("early").withheld);
}

TEST_F(LedgerOpening, WithholdsNothingThatTheCloudHasVouchedForBefore) {
  using std::chrono::hours;
  open(real - hours{24 * 30});
  for (const char* trip_id : {"priced here", "nowhere else", "priced", "by hand"}) {
    EXPECT_FALSE(begun(trip_id, real - hours{2}).withheld) << "by such a clock";
  }
  const std::string name = ledger_name(opened->ledger.mark());
  answer("priced here", {.ledger = name});
  answer("nowhere else", {.settled_elsewhere = false});
  answer("priced", {});
  work([&](Ledger& ledger) { require(ledger.price("by hand", {999, "USD"}, at(9'000))); });
  confirm(real);
  EXPECT_FALSE(settlement("priced here").withheld);
  EXPECT_FALSE(settlement("nowhere else").withheld);
  EXPECT_TRUE(settlement("priced").withheld);
  EXPECT_TRUE(settlement("by hand").withheld);
}

TEST_F(LedgerOpening, WithholdsWhatWasVouchedForInAHistoryThatWasLostSince) {
  using std::chrono::hours;
  open(real - hours{24 * 30});
  EXPECT_FALSE(begun("priced here", real - hours{2}).withheld);
  answer("priced here", {.ledger = ledger_name(opened->ledger.mark())});
  work([&](Ledger& ledger) {
    require(ledger.note_gap({GapKind::behind, at(20'000), ledger.mark(), 1}));
  });
  EXPECT_TRUE(settlement("priced here").withheld);
}

TEST_F(LedgerOpening, WithholdsWhatBeganBeforeThoughItWasOpenedAnewInTheSameRun) {
  using std::chrono::hours;
  open(real - hours{24 * 30});
  EXPECT_FALSE(begun("before", real - hours{2}).withheld) << "by such a clock";
  // As after a failed commit: beside the one before.
  auto anew = require(open_vouched(file, real - hours{24 * 30}));
  anew.ledger.take_place_of(opened->ledger);
  opened.emplace(std::move(anew));
  confirm(real);
  EXPECT_TRUE(settlement("before").withheld);
}

TEST_F(LedgerOpening, TakesABirthThatNobodyConfirmedForNoEarlierThanAConfirmedStart) {
  using std::chrono::hours;
  open(real - hours{24 * 30});
  EXPECT_FALSE(begun("here", real - hours{3}).withheld);
  opened.reset();
  open(real);
  confirm(real);
  EXPECT_FALSE(settlement("here").withheld) << "trips still to come alone";
  EXPECT_TRUE(begun("before", real - hours{2}).withheld);
  opened.reset();
  open(real + hours{48});
  confirm(real + hours{48});
  EXPECT_FALSE(begun("between", real + hours{24}).withheld) << "it is confirmed";
}

TEST_F(LedgerOpening, WithholdsWhatBeganBeforeAGapThatAClockInThePastHasFound) {
  open(at(10'000));
  opened.reset();
  std::filesystem::remove(file);
  open(at(20'000));
  EXPECT_FALSE(begun("before", real - std::chrono::hours{2}).withheld) << "by such a clock";
  confirm(real);
  EXPECT_TRUE(settlement("before").withheld);
  EXPECT_FALSE(settlement("before").withheld_by_birth);
  const auto counts = require(require(LedgerReader::open(file)).counts());
  ASSERT_TRUE(counts.gap);
  EXPECT_EQ(counts.gap->found_at, real);
  EXPECT_TRUE(begun("before, and later", real - std::chrono::hours{2}).withheld);
  EXPECT_FALSE(begun("since", real + gap_clock_tolerance).withheld);
}

TEST_F(LedgerOpening, CorrectsNothingThatAVersionBeforeItHasNoted) {
  open(at(20'000));
  opened.reset();
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(database.execute("UPDATE ledger_identity SET born_confirmed = 1"));
  }
  open(real);
  confirm(real);
  EXPECT_FALSE(begun("under way", real - std::chrono::hours{2}).withheld);
}

}  // namespace
}  // namespace gatehouse::store
