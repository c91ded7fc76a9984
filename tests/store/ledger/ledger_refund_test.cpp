#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/ledger/vouched_ledger.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using namespace std::chrono_literals;
using State = SettlementState;
using Outcome = RefundOutcome;
using Decided = RefundDecided;

class LedgerRefund : public testing::Test, protected LedgerFixture {
 protected:
  void take_trip(const std::string& trip_id, State state, std::int64_t minor = 1599) {
    append(make_cart(trip_id));
    (void)require(ledger->price(trip_id, {minor, "USD"}, at(6'000)));
    const auto settlement = trip(trip_id).settlement.value();
    require(ledger->move_settlement({.trip_sequence = settlement.trip_sequence,
                                     .from = settlement.state,
                                     .to = state,
                                     .at = at(7'000),
                                     .next_attempt_at = at(7'000),
                                     .reason = "",
                                     .payment_record = std::nullopt}));
  }
  Outcome refund(const std::string& id, std::int64_t minor, const std::string& currency = "USD",
                 const std::string& trip_id = "t-1") {
    return require(ledger->refund({.trip_id = trip_id,
                                   .request_id = id,
                                   .amount = {minor, currency},
                                   .reason = RefundReason::other,
                                   .payload = "payload of " + id,
                                   .at = at(9'000)}));
  }
  void end(std::int64_t delivery_id, DeliveryState state, std::string refund_record = "") {
    require(ledger->record_attempt({.delivery_id = delivery_id,
                                    .state = state,
                                    .at = at(10'000),
                                    .next_attempt_at = at(10'000),
                                    .reason = "",
                                    .charge = std::nullopt,
                                    .refund_record = std::move(refund_record)}));
  }
  /// Amazon answers 409, which says neither that it was made nor that it was not.
  void conflict(const std::string& request_id, WallTime when) {
    require(ledger->record_attempt({.delivery_id = delivery_of(request_id),
                                    .state = DeliveryState::pending,
                                    .at = when,
                                    .next_attempt_at = when,
                                    .reason = "Amazon answered 409",
                                    .charge = std::nullopt,
                                    .unclear = true,
                                    .conflict = KeyConflict::open}));
  }
  /// `when`: by both clocks, but for `wall_ahead`.
  Decided decide(const std::string& request_id, bool made, WallTime when,
                 milliseconds wall_ahead = milliseconds{0}) {
    const auto refunds = trip("t-1").refunds;
    const auto found = std::ranges::find(refunds, request_id, &Refund::request_id);
    return require(
        ledger->decide_refund({.delivery_id = found == refunds.end() ? 99 : found->delivery_id,
                               .made = made,
                               .by = "Ann",
                               .record = R"({"status":"REFUNDED"})",
                               .at = when + wall_ahead,
                               .steady_at = SteadyTime{} + when.time_since_epoch()}));
  }
  /// As a process does that begins.
  void open_vouched_again(WallTime now) {
    reader.reset();
    ledger.reset();
    ledger.emplace(require(open_vouched(file, now)).ledger);
    reader.emplace(require(LedgerReader::open(file)));
  }
  std::int64_t delivery_of(const std::string& request_id) {
    for (const Refund& each : trip("t-1").refunds) {
      if (each.request_id == request_id) return each.delivery_id;
    }
    throw std::runtime_error("no such refund");
  }
};

TEST_F(LedgerRefund, IsDueInAmazonsLaneAloneWithThePayloadItWasGiven) {
  take_trip("t-1", State::captured);
  EXPECT_EQ(refund("r-1", 500), Outcome::recorded);
  const auto due = this->due(Lane::amazon, at(9'000));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].payload, "payload of r-1");
  EXPECT_EQ(due[0].idempotency_key, "r-1:refund");
  EXPECT_EQ(due_ids(at(9'000)).size(), 1U) << "the cart, in the cloud's lane";
  EXPECT_EQ(require(reader->next_delivery_due(Lane::amazon)), at(9'000));
  EXPECT_EQ(require(reader->counts()).refund_due_at, at(9'000));
  EXPECT_EQ(require(reader->counts()).pending_refunds, 1);
  EXPECT_FALSE(require(reader->counts()).report_due_at);
}

TEST_F(LedgerRefund, ChangesNothingWhenItComesAgain) {
  take_trip("t-1", State::captured);
  EXPECT_EQ(refund("r-1", 500), Outcome::recorded);
  EXPECT_EQ(refund("r-1", 500), Outcome::identical);
  EXPECT_EQ(refund("r-1", 600), Outcome::different);
  EXPECT_EQ(refund("r-1", 500, "EUR"), Outcome::different);
  EXPECT_EQ(trip("t-1").refunds.size(), 1U);
}

TEST_F(LedgerRefund, NeverExceedsWhatWasCaptured) {
  take_trip("t-1", State::captured);
  EXPECT_EQ(refund("r-0", 1600), Outcome::too_much);
  EXPECT_EQ(refund("r-1", 1000), Outcome::recorded);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  EXPECT_EQ(refund("r-3", 599), Outcome::recorded);
  EXPECT_EQ(refund("r-4", 1), Outcome::too_much);
  EXPECT_EQ(refund("r-5", 1, "EUR"), Outcome::too_much);
}

TEST_F(LedgerRefund, IsForCapturedTripsOnly) {
  EXPECT_EQ(refund("r-1", 1), Outcome::unknown);
  append(make_cart("t-1"));
  EXPECT_EQ(refund("r-1", 1), Outcome::not_captured);
  take_trip("t-2", State::declined);
  EXPECT_EQ(refund("r-1", 1, "USD", "t-2"), Outcome::not_captured);
  take_trip("t-3", State::details_due);
  EXPECT_EQ(refund("r-1", 1, "USD", "t-3"), Outcome::recorded);
}

TEST_F(LedgerRefund, RefusesNothingAndLess) {
  take_trip("t-1", State::captured);
  for (const std::int64_t minor : {0, -1}) {
    const auto refused = ledger->refund({.trip_id = "t-1",
                                         .request_id = "r",
                                         .amount = {minor, "USD"},
                                         .payload = "",
                                         .at = at(1)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().remedy, Remedy::reject);
  }
}

TEST_F(LedgerRefund, OwesTheCloudARecordOnceAmazonHasTakenIt) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 500);
  end(delivery_of("r-1"), DeliveryState::delivered, "{\"status\":\"REFUNDED\"}");
  const auto deliveries = trip("t-1").deliveries;
  ASSERT_EQ(deliveries.size(), 3U);
  EXPECT_EQ(deliveries[2].kind, DeliveryKind::refund_record);
  EXPECT_EQ(deliveries[2].idempotency_key, "r-1:refund-record");
}

TEST_F(LedgerRefund, CountsASetAsideOneNotUntilItIsTriedAgain) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  end(delivery_of("r-1"), DeliveryState::set_aside);
  EXPECT_EQ(refund("r-2", 1000), Outcome::recorded);
  EXPECT_FALSE(require(ledger->retry(delivery_of("r-1"), at(11'000)))) << "both would be too much";
  end(delivery_of("r-2"), DeliveryState::set_aside);
  EXPECT_TRUE(require(ledger->retry(delivery_of("r-1"), at(11'000))));
  EXPECT_FALSE(require(ledger->retry(delivery_of("r-2"), at(11'000))));
}

TEST_F(LedgerRefund, CountsASetAsideOneThatMayHaveHadItsEffect) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  require(ledger->record_attempt({.delivery_id = delivery_of("r-1"),
                                  .state = DeliveryState::pending,
                                  .at = at(10'000),
                                  .next_attempt_at = at(11'000),
                                  .reason = "no answer",
                                  .charge = std::nullopt,
                                  .unclear = true}));
  end(delivery_of("r-1"), DeliveryState::set_aside);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  EXPECT_TRUE(require(ledger->retry(delivery_of("r-1"), at(12'000))))
      << "the same one may go again";
}

TEST_F(LedgerRefund, CountsADamagedOneThatMayHaveLeft) {
  take_trip("t-1", State::captured);
  EXPECT_EQ(refund("r-1", 1599), Outcome::recorded);
  require(ledger->set_aside_damaged(delivery_of("r-1"), "not what was recorded", at(10'000)));
  EXPECT_EQ(refund("r-2", 1), Outcome::too_much);
  EXPECT_EQ(decide("r-1", false, at(11'000)), Decided::withdrawn);
  EXPECT_EQ(decide("r-1", false, at(1'300'000)), Decided::not_made);
  EXPECT_EQ(refund("r-2", 1), Outcome::recorded);
}

TEST_F(LedgerRefund, IsEndedByAPersonWhoSaysThatItWasMade) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  conflict("r-1", at(10'000));
  EXPECT_EQ(require(reader->counts({})).key_conflicts, 1);
  EXPECT_EQ(decide("r-1", true, at(20'000)), Decided::made);
  EXPECT_EQ(decide("r-1", true, at(21'000)), Decided::made) << "once";
  EXPECT_EQ(decide("r-1", false, at(9'000'000)), Decided::ended_as_made);
  EXPECT_TRUE(due(Lane::amazon, at(9'000'000)).empty());
  EXPECT_EQ(require(reader->counts({})).key_conflicts, 0);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  const auto view = trip("t-1");
  ASSERT_EQ(view.deliveries.size(), 3U);
  EXPECT_EQ(view.deliveries[1].state, DeliveryState::delivered);
  EXPECT_EQ(view.deliveries[1].reason, "decided by Ann: the refund was made");
  EXPECT_EQ(view.deliveries[2].kind, DeliveryKind::refund_record);
  EXPECT_EQ(view.history.back().reason,
            fmt::format("record {}, decided by Ann: the refund was made", view.deliveries[1].id));
}

TEST_F(LedgerRefund, CountsOneThatAPersonSaysWasNotMadeUntilItCanHaveNoEffectAnyMore) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  conflict("r-1", at(10'000));
  EXPECT_EQ(decide("r-1", false, at(20'000)), Decided::withdrawn);
  EXPECT_TRUE(due(Lane::amazon, at(9'000'000)).empty()) << "it is sent no more";
  EXPECT_EQ(require(reader->counts({})).key_conflicts, 0);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  EXPECT_EQ(decide("r-1", false, at(1'219'999)), Decided::too_early);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  EXPECT_EQ(decide("r-1", false, at(1'220'000)), Decided::not_made);
  EXPECT_EQ(refund("r-2", 1599), Outcome::recorded);
  EXPECT_FALSE(require(ledger->retry(delivery_of("r-1"), at(1'300'000))));
  EXPECT_EQ(require(reader->counts({})).refunds_withdrawn, 0);
  EXPECT_EQ(decide("r-1", true, at(1'300'000)), Decided::made_beyond) << "a fact, not a wish";
  EXPECT_EQ(trip("t-1").deliveries.back().kind, DeliveryKind::refund_record);
  EXPECT_EQ(decide("no such", false, at(1'300'000)), Decided::unknown);
}

TEST_F(LedgerRefund, IsMadeWhereAmazonSaysSoAfterAPersonHasWithdrawnIt) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  EXPECT_EQ(decide("r-1", false, at(20'000)), Decided::withdrawn) << "also before an answer came";
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much) << "it may be under way";
  conflict("r-1", at(21'000));
  EXPECT_TRUE(due(Lane::amazon, at(9'000'000)).empty()) << "an unclear answer wakes it not";
  EXPECT_EQ(require(reader->counts({})).key_conflicts, 0);
  end(delivery_of("r-1"), DeliveryState::delivered, "{\"status\":\"REFUNDED\"}");
  EXPECT_EQ(trip("t-1").deliveries.back().kind, DeliveryKind::refund_record);
  EXPECT_EQ(decide("r-1", false, at(9'000'000)), Decided::ended_as_made);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
}

TEST_F(LedgerRefund, WaitsByTheSteadyClockWhateverTheWallClockDoes) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  EXPECT_EQ(decide("r-1", false, at(20'000)), Decided::withdrawn);
  EXPECT_EQ(decide("r-1", false, at(21'000), 1h), Decided::too_early) << "it was set right";
  EXPECT_EQ(refund("r-2", 1599), Outcome::too_much);
  EXPECT_EQ(decide("r-1", false, at(1'219'999), -24h), Decided::too_early);
  EXPECT_EQ(decide("r-1", false, at(1'220'000), -24h), Decided::not_made) << "not put off";
}

TEST_F(LedgerRefund, WaitsAnewAfterAStart) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  EXPECT_EQ(decide("r-1", false, at(20'000)), Decided::withdrawn);
  reopen();
  EXPECT_EQ(decide("r-1", false, at(9'000'000)), Decided::too_early) << "it sees it now first";
  EXPECT_EQ(decide("r-1", false, at(10'199'999)), Decided::too_early);
  EXPECT_EQ(decide("r-1", false, at(10'200'000)), Decided::not_made);
}

TEST_F(LedgerRefund, IsWithdrawnFirstWhereItWasSetAsideInDoubt) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  conflict("r-1", at(10'000));
  end(delivery_of("r-1"), DeliveryState::set_aside);
  EXPECT_EQ(decide("r-1", false, at(9'000'000)), Decided::withdrawn)
      << "how long ago, is not known";
  EXPECT_EQ(decide("r-1", false, at(10'200'000)), Decided::not_made);
}

TEST_F(LedgerRefund, CountsOneThatMayHaveBeenUnderWayAsItsProcessEnded) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  open_vouched_again(at(20'000));
  EXPECT_EQ(due(Lane::amazon, at(20'000)).size(), 1U) << "it is sent again";
  end(delivery_of("r-1"), DeliveryState::set_aside);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much) << "the refusal is of the second call alone";
  EXPECT_EQ(decide("r-1", false, at(30'000)), Decided::withdrawn);
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much);
  EXPECT_EQ(decide("r-1", false, at(1'230'000)), Decided::not_made);
  EXPECT_EQ(refund("r-2", 600), Outcome::recorded);
}

TEST_F(LedgerRefund, WaitsForNothingWhereItSurelyWasNotMade) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  end(delivery_of("r-1"), DeliveryState::set_aside);
  EXPECT_EQ(decide("r-1", false, at(10'000)), Decided::not_made);
}

TEST_F(LedgerRefund, IsCountedWhileAPersonHasToSayItOnceMore) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  EXPECT_EQ(require(reader->counts({})).refunds_withdrawn, 0);
  (void)decide("r-1", false, at(20'000));
  const auto counts = require(reader->counts({}));
  EXPECT_EQ(counts.refunds_withdrawn, 1);
  EXPECT_EQ(counts.last_withdrawn_refund, delivery_of("r-1"));
  EXPECT_EQ(counts.last_withdrawn_refund_trip, "t-1");
  end(delivery_of("r-1"), DeliveryState::delivered, "{}");
  EXPECT_EQ(require(reader->counts({})).refunds_withdrawn, 0);
}

TEST_F(LedgerRefund, IsNotIdenticalToOneThatAPersonEnded) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  (void)decide("r-1", false, at(20'000));
  EXPECT_EQ(refund("r-1", 1000), Outcome::ended);
  (void)decide("r-1", false, at(1'220'000));
  EXPECT_EQ(refund("r-1", 1000), Outcome::ended);
  EXPECT_EQ(refund("r-1", 900), Outcome::different);
  EXPECT_EQ(refund("r-2", 1000), Outcome::recorded);
}

TEST_F(LedgerRefund, LeavesNotByItselfWhereTheLedgerLacksHistory) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  require(ledger->note_gap({GapKind::behind, at(20'000), {"a-uuid", 1, 90}, 7}));
  EXPECT_TRUE(due(Lane::amazon, at(9'000'000)).empty());
  const auto set_aside = trip("t-1").deliveries.back();
  EXPECT_EQ(set_aside.state, DeliveryState::set_aside);
  EXPECT_EQ(set_aside.reason, refund_of_lost_history);
  EXPECT_EQ(due_ids(at(9'000'000)).size(), 1U) << "the cart goes on";
  EXPECT_EQ(refund("r-2", 600), Outcome::too_much) << "it may have been made";
  EXPECT_TRUE(require(ledger->accept_gaps(at(30'000), 100)));
  EXPECT_TRUE(due(Lane::amazon, at(9'000'000)).empty()) << "nor by accepting it";
  EXPECT_TRUE(require(ledger->retry(delivery_of("r-1"), at(40'000))));
  EXPECT_EQ(due(Lane::amazon, at(9'000'000)).size(), 1U) << "but by a person's word";
}

TEST_F(LedgerRefund, LeavesWhereOnlyTheWitnessWasLost) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 1000);
  require(ledger->note_gap({GapKind::witness_lost, at(20'000), {}, 7}));
  EXPECT_EQ(due(Lane::amazon, at(9'000'000)).size(), 1U);
}

TEST_F(LedgerRefund, DoesNotWaitForAReportThatIsStuck) {
  append(make_cart("t-1"));
  (void)require(ledger->price("t-1", {1599, "USD"}, at(6'000)));
  require(ledger->move_settlement({.trip_sequence = trip("t-1").sequence,
                                   .from = State::adjust_due,
                                   .to = State::captured,
                                   .at = at(7'000),
                                   .next_attempt_at = at(7'000),
                                   .reason = "",
                                   .payment_record = std::nullopt,
                                   .payment_status = "{}"}));
  (void)refund("r-1", 500);
  EXPECT_EQ(this->due(Lane::amazon, at(9'000)).size(), 1U);
  EXPECT_EQ(this->due(Lane::feedback, at(9'000)).size(), 1U) << "its host is another";
}

TEST_F(LedgerRefund, WaitsForNothingInTheCloudsLane) {
  take_trip("t-1", State::captured);
  (void)refund("r-1", 500);
  end(delivery_of("r-1"), DeliveryState::delivered, "{}");
  EXPECT_EQ(due_ids(at(20'000)).size(), 1U) << "the refund record waits for the cart";
  end(1, DeliveryState::delivered);
  EXPECT_EQ(due_ids(at(20'000)).size(), 1U);
}

TEST(LedgerMigration, KeepsWhatTheFirstVersionRecorded) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(1)));
    require(database.execute(
        "INSERT INTO trip VALUES (1, 't-1', 'p', 1, 1000, 5000, x'00', x'7b7d');"
        "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, created_at_ms,"
        " next_attempt_ms) VALUES (1, 1, 1, 't-1:cart', 5000, 5000);"
        "INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms,"
        " changed_at_ms) VALUES (1, 6, 1000, 5000, 5000)"));
  }
  auto ledger = require(Ledger::open(file));
  auto reader = require(LedgerReader::open(file));
  const TripView trip = require(reader.trip("t-1")).value();
  ASSERT_TRUE(trip.settlement);
  EXPECT_EQ(trip.settlement->state, State::capture_unknown);
  EXPECT_TRUE(trip.settlement->charge_unclear) << "it was not recorded then, and it is";
  EXPECT_EQ(require(reader.due_deliveries(Lane::cloud, at(6'000), wait_max,
                                          LedgerReader::Order::oldest_first, 10))
                .size(),
            1U);
}

}  // namespace
}  // namespace gatehouse::store
