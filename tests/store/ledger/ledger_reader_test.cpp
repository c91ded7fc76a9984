#include "store/ledger/ledger_reader.hpp"

#include <gtest/gtest.h>

#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;
using Order = LedgerReader::Order;

class LedgerReaderTest : public testing::Test, protected LedgerFixture {
 protected:
  std::optional<WallTime> next_due() {
    const auto delivery = require(reader->next_delivery_due(Lane::cloud));
    const auto settlement = require(reader->next_settlement_due());
    if (delivery && settlement) return std::min(*delivery, *settlement);
    return delivery ? delivery : settlement;
  }
  std::int64_t delivery_id(const std::string& trip_id, std::size_t nth = 0) {
    return trip(trip_id).deliveries.at(nth).id;
  }
  void deliver(std::int64_t id) {
    require(
        ledger->record_attempt({id, DeliveryState::delivered, at(6'000), {}, "", std::nullopt}));
  }
  void wait_until(std::int64_t id, WallTime next) {
    require(
        ledger->record_attempt({id, DeliveryState::pending, at(6'000), next, "500", std::nullopt}));
  }
  void set_aside(std::int64_t id) {
    require(
        ledger->record_attempt({id, DeliveryState::set_aside, at(6'000), {}, "400", std::nullopt}));
  }
  void settle(const std::string& trip_id, State to, WallTime next = at(5'000),
              std::optional<std::string> payment_record = std::nullopt) {
    const Settlement now = trip(trip_id).settlement.value();
    SettlementChange change;
    change.trip_sequence = now.trip_sequence;
    change.from = now.state;
    change.to = to;
    change.at = at(5'500);
    change.next_attempt_at = next;
    change.payment_record = std::move(payment_record);
    require(ledger->move_settlement(change));
  }
  std::vector<std::string> due_trips(WallTime now, std::size_t limit = 100) {
    std::vector<std::string> trips;
    for (const Settlement& due : require(reader->due_settlements(now, wait_max, limit))) {
      trips.push_back(due.trip_id);
    }
    return trips;
  }
};

TEST_F(LedgerReaderTest, GivesTheStoreOfATripWithTheTripItsChargeAndItsDeliveries) {
  NewCart elsewhere = make_cart("a");
  elsewhere.store_id = "STORE-OLD";
  append(elsewhere);
  append(make_cart("b"));
  EXPECT_EQ(trip("a").store_id, "STORE-OLD");
  EXPECT_EQ(trip("a").settlement->store_id, "STORE-OLD");
  EXPECT_EQ(trip("a").deliveries.at(0).store_id, "STORE-OLD");
  EXPECT_EQ(require(reader->delivery({delivery_id("a"), trip("a").sequence})).store_id,
            "STORE-OLD");
  EXPECT_EQ(trip("b").store_id, "") << "as in a row from before it was kept";
  EXPECT_EQ(trip("b").settlement->store_id, "");
}

TEST_F(LedgerReaderTest, GivesDueDeliveriesFromEitherEnd) {
  for (const char* id : {"a", "b", "c", "d"}) append(make_cart(id));
  EXPECT_EQ(due_ids(at(5'000)), (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(due_ids(at(5'000), Order::newest_first), (std::vector<std::int64_t>{4, 3, 2, 1}));
  EXPECT_EQ(due_ids(at(5'000), Order::oldest_first, 2), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(due_ids(at(5'000), Order::newest_first, 2), (std::vector<std::int64_t>{4, 3}));
  EXPECT_TRUE(due_ids(at(5'000), Order::oldest_first, 0).empty());
  EXPECT_TRUE(due_ids(at(4'999)).empty());
}

TEST_F(LedgerReaderTest, PassesOverWhatIsDeliveredSetAsideOrNotDueYet) {
  for (const char* id : {"a", "b", "c", "d"}) append(make_cart(id));
  deliver(1);
  set_aside(2);
  wait_until(3, at(9'000));
  EXPECT_EQ(due_ids(at(6'000)), std::vector<std::int64_t>{4});
  EXPECT_EQ(due_ids(at(9'000)), (std::vector<std::int64_t>{4, 3})) << "by when they came due";
}

TEST_F(LedgerReaderTest, TakesATimeFurtherAwayThanAnyWaitForAJumpOfTheClock) {
  append(make_cart("a"));
  settle("a", State::adjust_due, at(100'000));
  wait_until(1, at(100'000));
  EXPECT_TRUE(due_ids(at(40'000)).empty());
  EXPECT_TRUE(due_trips(at(40'000)).empty());
  EXPECT_EQ(due_ids(at(39'999)), std::vector<std::int64_t>{1});
  EXPECT_EQ(due_trips(at(39'999)), std::vector<std::string>{"a"});
}

TEST_F(LedgerReaderTest, HoldsAPaymentRecordBackWhileItsCartIsPending) {
  append(make_cart("a"));
  append(make_cart("b"));
  settle("a", State::captured, at(5'000), "{}");
  const std::int64_t record = delivery_id("a", 1);
  EXPECT_EQ(due_ids(at(10'000)), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(due_ids(at(10'000), Order::newest_first), (std::vector<std::int64_t>{2, 1}));
  wait_until(1, at(20'000));
  EXPECT_EQ(due_ids(at(10'000)), std::vector<std::int64_t>{2}) << "waiting is pending too";
  deliver(1);
  EXPECT_EQ(due_ids(at(10'000)), (std::vector<std::int64_t>{2, record}));
}

TEST_F(LedgerReaderTest, LetsAPaymentRecordGoWhenItsCartWasSetAside) {
  append(make_cart("a"));
  settle("a", State::captured, at(5'000), "{}");
  set_aside(1);
  EXPECT_EQ(due_ids(at(10'000)), std::vector<std::int64_t>{delivery_id("a", 1)});
}

class DueStates : public LedgerReaderTest,
                  public testing::WithParamInterface<std::pair<State, bool>> {};

TEST_P(DueStates, AreThoseThatWaitForACall) {
  append(make_cart("a"));
  if (GetParam().first != State::awaiting_price) settle("a", GetParam().first);
  deliver(1);
  const bool due = GetParam().second;
  EXPECT_EQ(due_trips(at(5'000)).size(), due ? 1U : 0U);
  EXPECT_TRUE(due_trips(at(4'999)).empty());
  EXPECT_EQ(next_due(), due ? std::optional(at(5'000)) : std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Ledger, DueStates,
    testing::Values(std::pair{State::awaiting_price, false}, std::pair{State::adjust_due, true},
                    std::pair{State::adjust_sent, false}, std::pair{State::capture_due, true},
                    std::pair{State::capture_sent, false}, std::pair{State::capture_unknown, false},
                    std::pair{State::cancel_due, true}, std::pair{State::cancel_sent, false},
                    std::pair{State::details_due, true}, std::pair{State::captured, false},
                    std::pair{State::cancelled, false}, std::pair{State::declined, false},
                    std::pair{State::held, false}, std::pair{State::expired, false},
                    std::pair{State::checkout_due, true}, std::pair{State::checkout_sent, false},
                    std::pair{State::checked_out, false}),
    [](const auto& tested) { return std::string(to_text(tested.param.first)); });

TEST_F(LedgerReaderTest, GivesTheTripThatBeganFirstItsChargeFirst) {
  for (const auto& [id, started] :
       {std::pair{"late", 3'000}, {"early", 1'000}, {"middle", 2'000}}) {
    NewCart cart = make_cart(id);
    cart.started_at = at(started);
    append(cart);
    settle(id, State::capture_due);
  }
  EXPECT_EQ(due_trips(at(5'000)), (std::vector<std::string>{"early", "middle", "late"}));
  EXPECT_EQ(due_trips(at(5'000), 1), std::vector<std::string>{"early"});
}

TEST_F(LedgerReaderTest, GivesChargesThatAreDueFromEitherEnd) {
  for (const auto& [id, due] : {std::pair{"c", 3'000}, {"a", 1'000}, {"b", 2'000}, {"d", 9'000}}) {
    append(make_cart(id));
    settle(id, State::capture_due, at(due));
  }
  EXPECT_EQ(due_trips(at(5'000)), (std::vector<std::string>{"a", "b", "c"}));
  std::vector<std::string> newest;
  for (const auto& due : require(reader->newest_due_settlements(at(5'000), wait_max, 2))) {
    newest.push_back(due.trip_id);
  }
  EXPECT_EQ(newest, (std::vector<std::string>{"c", "b"}));
}

TEST_F(LedgerReaderTest, KnowsWhenTheNextThingComesDue) {
  EXPECT_FALSE(next_due());
  append(make_cart("a"));
  append(make_cart("b"));
  EXPECT_EQ(next_due(), at(5'000));
  wait_until(1, at(9'000));
  wait_until(2, at(8'000));
  EXPECT_EQ(next_due(), at(8'000));
  settle("a", State::adjust_due, at(7'000));
  EXPECT_EQ(next_due(), at(7'000));
  settle("a", State::captured, at(7'000), "{}");
  EXPECT_EQ(next_due(), at(8'000)) << "the payment record waits for its cart";
  deliver(1);
  EXPECT_EQ(next_due(), at(5'500)) << "now the payment record is next";
}

TEST_F(LedgerReaderTest, PagesThroughDeliveriesWithoutTheirPayloads) {
  for (const char* id : {"a", "b", "c", "d", "e"}) append(make_cart(id));
  deliver(2);
  set_aside(4);
  const auto ids = [&](std::optional<DeliveryState> state, std::int64_t after, std::size_t limit) {
    std::vector<std::int64_t> found;
    for (const Delivery& delivery : require(reader->deliveries(state, after, limit))) {
      EXPECT_EQ(delivery.payload, "");
      found.push_back(delivery.id);
    }
    return found;
  };
  EXPECT_EQ(ids(std::nullopt, 0, 3), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(ids(std::nullopt, 3, 3), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(ids(DeliveryState::pending, 0, 2), (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(ids(DeliveryState::pending, 3, 2), (std::vector<std::int64_t>{5}));
  EXPECT_EQ(ids(DeliveryState::delivered, 0, 9), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(ids(DeliveryState::set_aside, 0, 9), (std::vector<std::int64_t>{4}));
}

TEST_F(LedgerReaderTest, PagesThroughSettlementsOfOneStateInTheOrderOfTheirTrips) {
  for (int i = 0; i < 5; ++i) {
    auto cart = make_cart("t-" + std::to_string(i));
    cart.started_at = at(1'000 * (5 - i));  // the last one that came began first
    append(cart);
  }
  const auto page = [this](std::int64_t after) {
    return require(reader->settlements(SettlementState::awaiting_price, after, 2));
  };
  std::vector<std::string> seen;
  std::int64_t after = 0;
  for (auto found = page(after); !found.empty(); found = page(after)) {
    for (const auto& each : found) seen.push_back(each.trip_id);
    after = found.back().trip_sequence;
    // What was seen is dealt with meanwhile.
    require(ledger->move_settlement({.trip_sequence = after,
                                     .from = SettlementState::awaiting_price,
                                     .to = SettlementState::held,
                                     .at = at(9'000),
                                     .next_attempt_at = at(9'000),
                                     .reason = "",
                                     .payment_record = std::nullopt}));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"t-4", "t-3", "t-2", "t-1", "t-0"}));
  EXPECT_TRUE(require(reader->settlements(SettlementState::captured, 0, 2)).empty());
}

TEST_F(LedgerReaderTest, SaysSinceWhenTheFirstChargeIsDue) {
  append(make_cart("a"));
  append(make_cart("b"));
  EXPECT_FALSE(require(reader->counts()).charge_due_at) << "without a price nothing is due";
  settle("a", State::capture_due, at(8'000));
  settle("b", State::adjust_due, at(7'000));
  EXPECT_EQ(require(reader->counts()).charge_due_at, at(7'000));
  settle("b", State::adjust_sent, at(7'000));
  EXPECT_EQ(require(reader->counts()).charge_due_at, at(8'000)) << "one is under way";
}

TEST_F(LedgerReaderTest, CountsWhatIsThere) {
  EXPECT_EQ(require(reader->counts()).trips, 0);
  EXPECT_FALSE(require(reader->counts()).oldest_pending_at);
  EXPECT_FALSE(require(reader->counts()).oldest_uncharged_trip_at);
  EXPECT_FALSE(require(reader->counts()).charge_due_at);
  const std::vector<State> states{State::awaiting_price, State::adjust_sent, State::captured,
                                  State::cancelled,      State::declined,    State::held};
  for (std::size_t i = 0; i < states.size(); ++i) {
    NewCart cart = make_cart(std::to_string(i));
    cart.started_at = at(1'000 - static_cast<std::int64_t>(i));
    cart.received_at = at(5'000 + static_cast<std::int64_t>(i));
    append(cart);
    if (i > 0) settle(cart.trip_id, states[i]);
  }
  deliver(1);
  set_aside(2);
  const LedgerCounts counts = require(reader->counts());
  EXPECT_EQ(counts.trips, 6);
  EXPECT_EQ(counts.pending, 4);
  EXPECT_EQ(counts.delivered, 1);
  EXPECT_EQ(counts.set_aside, 1);
  EXPECT_EQ(counts.oldest_pending_at, at(5'002));
  EXPECT_EQ(counts.settlement_open, 2);
  EXPECT_EQ(counts.awaiting_price, 1);
  EXPECT_EQ(counts.captured, 1);
  EXPECT_EQ(counts.cancelled, 1);
  EXPECT_EQ(counts.declined, 1);
  EXPECT_EQ(counts.held, 1);
  EXPECT_EQ(counts.oldest_uncharged_trip_at, at(999));
}

TEST_F(LedgerReaderTest, KnowsNoTripThatNeverCame) {
  EXPECT_FALSE(require(reader->trip("nowhere")));
}

TEST_F(LedgerReaderTest, NeitherBlocksTheWriterNorIsBlockedByIt) {
  append(make_cart("a"));
  require(ledger->begin());
  require(ledger->append(make_cart("b")));
  EXPECT_EQ(require(reader->counts()).trips, 1) << "what is not committed is not seen";
  require(ledger->commit());
  EXPECT_EQ(require(reader->counts()).trips, 2);
}

class FullLedger : public LedgerReaderTest {
 protected:
  void SetUp() override { require(database.execute(many_delivered_trips)); }
  sqlite::Database database = require(sqlite::Database::open(file, sqlite::Access::create));
};

TEST_F(FullLedger, GivesTheSameAnswersAmongManyDeliveredTrips) {
  EXPECT_EQ(due_ids(at(5)).size(), 10U);
  EXPECT_EQ(due_ids(at(5), Order::newest_first, 1), std::vector<std::int64_t>{100'000});
  EXPECT_EQ(due_trips(at(5)).size(), 10U);
  EXPECT_EQ(next_due(), at(1));
}

TEST_F(LedgerReaderTest, CountsRecordsWhoseKeyAnotherRequestHasSinceTheFirstAnswerThatSaidSo) {
  append(make_cart("t-1"));
  const auto answered = [this](KeyConflict conflict, std::int64_t when) {
    require(ledger->begin());
    require(ledger->record_attempt({.delivery_id = 1,
                                    .state = DeliveryState::pending,
                                    .at = at(when),
                                    .next_attempt_at = at(when),
                                    .reason = "409",
                                    .charge = std::nullopt,
                                    .conflict = conflict}));
    require(ledger->commit());
    return require(reader->counts());
  };
  EXPECT_EQ(answered(KeyConflict::open, 10'000).key_conflict_since, at(10'000));
  EXPECT_EQ(answered(KeyConflict::open, 20'000).key_conflict_since, at(10'000));
  EXPECT_EQ(answered(KeyConflict::none, 30'000).key_conflicts, 0) << "another answer between";
  EXPECT_EQ(answered(KeyConflict::open, 40'000).key_conflict_since, at(40'000));
  const LedgerCounts certain = answered(KeyConflict::certain, 50'000);
  EXPECT_EQ(certain.key_conflicts, 1);
  EXPECT_EQ(certain.key_conflict_since, at(0)) << "at once";
}

TEST_F(LedgerReaderTest, CountsARecordThatWasSetAsideForItsKeyOnlyWhileThatIsRecent) {
  append(make_cart("t-1"));
  require(ledger->begin());
  require(ledger->record_attempt({.delivery_id = 1,
                                  .state = DeliveryState::set_aside,
                                  .at = at(50'000),
                                  .next_attempt_at = at(50'000),
                                  .reason = "422",
                                  .charge = std::nullopt,
                                  .conflict = KeyConflict::certain}));
  require(ledger->commit());
  EXPECT_EQ(require(reader->counts(at(49'999))).key_conflicts, 1);
  EXPECT_EQ(require(reader->counts(at(50'000))).key_conflicts, 0);
  EXPECT_EQ(require(reader->counts(at(50'000))).key_conflict_since, std::nullopt);
}

TEST_F(LedgerReaderTest, BringsForwardWhatAClockThatWentBackHasPutOff) {
  append(make_cart("a"));
  append(make_cart("b"));
  wait_until(delivery_id("a"), at(10'000));
  wait_until(delivery_id("b"), at(500'000));
  require(ledger->price("a", {100, "USD"}, at(6'000)));
  require(ledger->price("b", {100, "USD"}, at(6'000)));
  settle("a", State::held);
  settle("a", State::adjust_due, at(300'000));
  // By a clock that was 200 s ahead; it is 5 s now.
  for (const auto part : Ledger::forward_parts) {
    require(ledger->bring_forward(part, at(5'000), milliseconds{200'000}));
  }
  EXPECT_EQ(trip("a").deliveries[0].next_attempt_at, at(5'000)) << "it was due by then";
  EXPECT_EQ(trip("b").deliveries[0].next_attempt_at, at(300'000));
  EXPECT_EQ(trip("a").settlement->next_attempt_at, at(100'000));
  EXPECT_EQ(trip("b").settlement->next_attempt_at, at(5'000));
}

TEST_F(LedgerReaderTest, KeepsTheNewestConfirmedTime) {
  EXPECT_EQ(require(reader->confirmed_time()), std::nullopt);
  require(ledger->note_confirmed_time(at(9'000)));
  EXPECT_EQ(require(reader->confirmed_time()), at(9'000));
  require(ledger->note_confirmed_time(at(8'000)));
  EXPECT_EQ(require(reader->confirmed_time()), at(8'000)) << "whoever overrules it says so";
}

TEST_F(LedgerReaderTest, SaysWhichRecordOfItsTripADeliveryWaitsFor) {
  append(make_cart("a"));
  require(ledger->price("a", {100, "USD"}, at(6'000)));
  settle("a", State::held);
  settle("a", State::captured, at(5'000), R"({"tripId":"a"})");
  const auto cart = delivery_id("a");
  const auto record = delivery_id("a", 1);
  EXPECT_EQ(require(reader->place(cart))->behind, std::nullopt);
  EXPECT_EQ(require(reader->place(record))->behind, cart);
  EXPECT_EQ(require(reader->place(record))->kind, DeliveryKind::payment_record);
  deliver(cart);
  EXPECT_EQ(require(reader->place(record))->behind, std::nullopt);
  EXPECT_FALSE(require(reader->place(record + 1)));
}

}  // namespace
}  // namespace gatehouse::store
