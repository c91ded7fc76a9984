// Carts that were answered 400.
#include <gtest/gtest.h>

#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

class LedgerRefused : public testing::Test, protected LedgerFixture {
 protected:
  static NewRefusedCart refused(const std::string& body, const std::string& caller = "10.0.0.1") {
    return {.trip_id = "T-1",
            .reason = "shoppingTrip is missing; expected an object",
            .caller = caller,
            .body = body,
            .received_at = at(5'000)};
  }
  RefusedOutcome keep(const NewRefusedCart& cart) { return require(ledger->keep_refused(cart)); }
  RefusedCounts counts(WallTime since = at(0)) { return require(reader->counts(since)).refused; }
  /// As if so much had been kept for this caller, or for all ('*').
  void pretend(const std::string& caller, std::int64_t carts, std::int64_t bytes) {
    ledger.reset();
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(database.execute("INSERT INTO refused_share (caller, carts, bytes) VALUES ('" + caller +
                             "', " + std::to_string(carts) + ", " + std::to_string(bytes) +
                             ") ON CONFLICT (caller) DO UPDATE SET carts = excluded.carts,"
                             " bytes = excluded.bytes"));
    reopen();
  }
};

TEST_F(LedgerRefused, AreKeptWithTripReasonAndBytes) {
  EXPECT_EQ(keep(refused("{\"a\":1}")), RefusedOutcome::kept);
  const auto carts = require(reader->refused_carts(0, 10));
  ASSERT_EQ(carts.size(), 1U);
  EXPECT_EQ(carts[0].trip_id, "T-1");
  EXPECT_EQ(carts[0].reason, "shoppingTrip is missing; expected an object");
  EXPECT_EQ(carts[0].caller, "10.0.0.1");
  EXPECT_EQ(carts[0].first_at, at(5'000));
  EXPECT_EQ(carts[0].times, 1);
  EXPECT_EQ(carts[0].bytes, 7);
  EXPECT_FALSE(carts[0].delivery_id);
  EXPECT_EQ(require(reader->bytes_of_refused(carts[0].id)), "{\"a\":1}");
  EXPECT_EQ(counts().kept, 1);
  EXPECT_EQ(counts().bytes, 7);
  EXPECT_EQ(counts().last_trip, "T-1");
}

TEST_F(LedgerRefused, AreOneWhereTheSameCartComesAgain) {
  EXPECT_EQ(keep(refused("{}")), RefusedOutcome::kept);
  auto again = refused("{}", "10.0.0.2");
  again.received_at = at(9'000);
  EXPECT_EQ(keep(again), RefusedOutcome::repeated);
  auto of_another_request = refused("{ }");
  of_another_request.fingerprint = std::string(32, 'f');
  EXPECT_EQ(keep(of_another_request), RefusedOutcome::kept);
  of_another_request.body = "{  }";
  EXPECT_EQ(keep(of_another_request), RefusedOutcome::repeated) << "its fingerprint says so";
  const auto carts = require(reader->refused_carts(0, 10));
  ASSERT_EQ(carts.size(), 2U);
  EXPECT_EQ(carts[0].times, 2);
  EXPECT_EQ(carts[0].first_at, at(5'000));
  EXPECT_EQ(carts[0].last_at, at(9'000));
  EXPECT_EQ(counts().bytes, 5);
}

TEST_F(LedgerRefused, AreNotKeptBeyondTheirNumberAndNothingIsEvicted) {
  keep(refused("{\"first\":1}"));
  pretend("*", refused_carts_max, 100);
  EXPECT_EQ(keep(refused("{\"next\":1}")), RefusedOutcome::full);
  EXPECT_EQ(keep(refused("{\"first\":1}")), RefusedOutcome::repeated);
  EXPECT_EQ(require(reader->refused_carts(0, 10)).size(), 1U);
  EXPECT_EQ(counts().not_kept, 1);
  EXPECT_EQ(counts().not_kept_at, at(5'000));
}

TEST_F(LedgerRefused, AreNotKeptBeyondTheirBytes) {
  pretend("*", 1, refused_bytes_max - 10);
  EXPECT_EQ(keep(refused(std::string(11, 'x'))), RefusedOutcome::full);
  EXPECT_EQ(keep(refused(std::string(10, 'x'))), RefusedOutcome::kept);
  EXPECT_EQ(keep(refused("y")), RefusedOutcome::full);
}

TEST_F(LedgerRefused, OfOneCallerLeaveRoomForOthers) {
  pretend("10.0.0.1", refused_carts_of_caller_max, 100);
  EXPECT_EQ(keep(refused("{\"a\":1}")), RefusedOutcome::caller_full);
  EXPECT_EQ(keep(refused("{\"a\":1}", "10.0.0.2")), RefusedOutcome::kept);
  pretend("10.0.0.2", 1, refused_bytes_of_caller_max);
  EXPECT_EQ(keep(refused("{\"b\":1}", "10.0.0.2")), RefusedOutcome::caller_full);
}

TEST_F(LedgerRefused, AreForwardedOnceAsADeliveryThatIsNeverSettled) {
  keep(refused("{\"a\":1}"));
  const auto id = require(reader->refused_carts(0, 1)).front().id;
  EXPECT_EQ(counts().waiting, 1);
  const auto forwarded = require(ledger->forward_refused(id, at(8'000)));
  EXPECT_EQ(forwarded.outcome, Forwarded::Outcome::recorded);
  const auto waiting = due(Lane::cloud, at(9'000));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].id, forwarded.delivery_id);
  EXPECT_EQ(waiting[0].kind, DeliveryKind::refused_cart);
  EXPECT_EQ(waiting[0].payload, "{\"a\":1}");
  EXPECT_EQ(waiting[0].refused_reason, "shoppingTrip is missing; expected an object");
  EXPECT_FALSE(trip(waiting[0].trip_id).settlement);

  const auto again = require(ledger->forward_refused(id, at(9'000)));
  EXPECT_EQ(again.outcome, Forwarded::Outcome::identical);
  EXPECT_EQ(again.delivery_id, forwarded.delivery_id);
  EXPECT_EQ(require(ledger->forward_refused(99, at(9'000))).outcome, Forwarded::Outcome::unknown);
  EXPECT_EQ(counts().waiting, 0);
  EXPECT_EQ(counts().recently, 0);
  EXPECT_EQ(require(reader->refused_cart(id))->delivered, DeliveryState::pending);
}

TEST_F(LedgerRefused, MakeRoomForOthersWhereAPersonDropsOne) {
  keep(refused("{\"a\":1}"));
  keep(refused("{\"b\":1}"));
  const auto id = require(reader->refused_carts(0, 1)).front().id;
  pretend("*", refused_carts_max, 14);
  EXPECT_EQ(keep(refused("{\"c\":1}")), RefusedOutcome::full);
  const auto dropped = require(ledger->drop_refused(id));
  EXPECT_EQ(dropped.outcome, Dropped::Outcome::dropped);
  EXPECT_EQ(dropped.trip_id, "T-1");
  EXPECT_EQ(require(reader->refused_cart(id)), std::nullopt);
  EXPECT_EQ(counts().kept, refused_carts_max - 1);
  EXPECT_EQ(counts().bytes, 7);
  EXPECT_EQ(counts().dropped, 1);
  EXPECT_EQ(keep(refused("{\"c\":1}")), RefusedOutcome::kept);
  EXPECT_EQ(require(ledger->drop_refused(id)).outcome, Dropped::Outcome::unknown);
}

TEST_F(LedgerRefused, AreDroppedOnlyWhereTheyAreNotOnTheirWayToTheCloud) {
  keep(refused("{\"a\":1}"));
  const auto id = require(reader->refused_carts(0, 1)).front().id;
  const auto delivery = require(ledger->forward_refused(id, at(8'000))).delivery_id;
  EXPECT_EQ(require(ledger->drop_refused(id)).outcome, Dropped::Outcome::on_its_way);
  require(ledger->record_attempt(
      {delivery, DeliveryState::delivered, at(9'000), {}, "", std::nullopt}));
  EXPECT_EQ(require(ledger->drop_refused(id)).outcome, Dropped::Outcome::dropped);
  EXPECT_EQ(counts().kept, 0);
}

TEST_F(LedgerRefused, AreForwardedOnceHoweverOftenTheyAreDroppedAndComeAgain) {
  keep(refused("{\"a\":1}"));
  auto id = require(reader->refused_carts(0, 1)).front().id;
  const auto delivery = require(ledger->forward_refused(id, at(8'000))).delivery_id;
  require(ledger->record_attempt(
      {delivery, DeliveryState::delivered, at(9'000), {}, "", std::nullopt}));
  require(ledger->drop_refused(id));
  EXPECT_EQ(keep(refused("{\"a\":1}")), RefusedOutcome::kept);
  id = require(reader->refused_carts(0, 1)).front().id;
  const auto again = require(ledger->forward_refused(id, at(10'000)));
  EXPECT_EQ(again.outcome, Forwarded::Outcome::identical);
  EXPECT_EQ(again.delivery_id, delivery);
  EXPECT_EQ(require(ledger->drop_refused(id)).outcome, Dropped::Outcome::dropped);
}

TEST_F(LedgerRefused, AreDroppedWhereTheCloudRefusedThemAndForwardedAnewWhereTheyComeAgain) {
  keep(refused("{\"a\":1}"));
  auto id = require(reader->refused_carts(0, 1)).front().id;
  const auto delivery = require(ledger->forward_refused(id, at(8'000))).delivery_id;
  require(ledger->record_attempt(
      {delivery, DeliveryState::set_aside, at(9'000), {}, "422", std::nullopt}));
  EXPECT_EQ(require(ledger->drop_refused(id)).outcome, Dropped::Outcome::dropped);
  EXPECT_EQ(require(reader->counts()).withdrawn, 1);
  EXPECT_FALSE(require(ledger->retry(delivery, at(10'000)))) << "nobody sends it again";
  keep(refused("{\"a\":1}"));
  id = require(reader->refused_carts(0, 1)).front().id;
  const auto again = require(ledger->forward_refused(id, at(10'000)));
  EXPECT_EQ(again.outcome, Forwarded::Outcome::recorded);
  const auto waiting = due(Lane::cloud, at(11'000));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].id, delivery);
  EXPECT_EQ(waiting[0].payload, "{\"a\":1}");
}

TEST_F(LedgerRefused, LeaveTheirTripToTheCartThatComesAsItShould) {
  keep(refused("{\"a\":1}"));
  require(ledger->forward_refused(require(reader->refused_carts(0, 1)).front().id, at(8'000)));
  EXPECT_EQ(append(make_cart("T-1")).outcome, CartOutcome::recorded);
  EXPECT_TRUE(trip("T-1").settlement);
}

TEST_F(LedgerRefused, AreAMatterOfTheLastDaysByTheTimeThatTheyCameLast) {
  keep(refused("{\"a\":1}"));
  EXPECT_EQ(counts(at(4'999)).recently, 1);
  EXPECT_EQ(counts(at(5'000)).recently, 0);
}

TEST_F(LedgerRefused, WhoseBytesAreDamagedAreNotForwarded) {
  keep(refused("{\"a\":\"the middle of it\"}"));
  reader.reset();
  ledger.reset();
  overwrite(file, offset_of(file, "the middle of it"), "THE");
  reopen();
  const auto id = require(reader->refused_carts(0, 1)).front().id;
  const auto bytes = reader->bytes_of_refused(id);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().remedy, Remedy::repair);
  const auto forwarded = ledger->forward_refused(id, at(8'000));
  ASSERT_FALSE(forwarded);
  EXPECT_EQ(forwarded.error().remedy, Remedy::repair);
  EXPECT_TRUE(due(Lane::cloud, at(9'000)).empty());
}

}  // namespace
}  // namespace gatehouse::store
