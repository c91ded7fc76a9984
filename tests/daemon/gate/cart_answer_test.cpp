// POST /v1/order/purchases over a real server and a real ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <future>
#include <set>

#include "daemon/gate/decision/purchase_id.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/values/uuid.hpp"
#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using store::SettlementState;
using testing::HasSubstr;
using testing::Not;

constexpr auto trip_id = "11111111-2222-3333-4444-555555555555";

std::optional<store::TripView> trip_on_disk(RunningGate& gate) {
  auto reader = store::LedgerReader::open(gate.ledger_file());
  EXPECT_TRUE(reader) << reader.error().message;
  auto trip = reader->trip(trip_id);
  EXPECT_TRUE(trip) << trip.error().message;
  return trip.value_or(std::nullopt);
}

std::int64_t trips_on_disk(RunningGate& gate) {
  auto reader = store::LedgerReader::open(gate.ledger_file());
  EXPECT_TRUE(reader) << reader.error().message;
  auto counts = reader->counts();
  return counts ? counts->trips : -1;
}

std::string cart_request(const json& cart) {
  return post_request("/v1/order/purchases", cart.dump());
}

/// No file may grow while it lives: what a full disk looks like.
class FullDisk {
 public:
  FullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(CartAnswer, Is201WithAPurchaseIdAndTheCartIsOnDisk) {
  RunningGate gate;
  const auto heard = gate.send_cart(sample_cart());
  EXPECT_EQ(heard.status, 201);
  EXPECT_EQ(heard.body, json({{"purchaseId", purchase_id_of("STORE-001", trip_id)}}));
  const auto trip = trip_on_disk(gate);
  ASSERT_TRUE(trip);
  EXPECT_EQ(trip->purchase_id, heard.body["purchaseId"]);
  EXPECT_EQ(trip->entry, store::Entry::card);
  EXPECT_EQ(to_unix_ms(trip->started_at), 1711126800000);
  EXPECT_LE(trip->received_at, gate.clock().wall());
  EXPECT_GT(trip->received_at, gate.clock().wall() - std::chrono::minutes{1});
  EXPECT_EQ(trip->cart_bytes, static_cast<std::int64_t>(sample_cart().dump().size()));
  ASSERT_TRUE(trip->settlement);
  EXPECT_EQ(trip->settlement->state, SettlementState::awaiting_price);
  EXPECT_EQ(gate.observer().count(CartAnswer::recorded), 1);
}

TEST(CartAnswer, KeepsTheStoreThatTheCartCameFor) {
  RunningGate gate;
  json cart = sample_cart();
  cart["storeId"] = "OLD-NAME";
  EXPECT_EQ(gate.send_cart(cart).status, 201);
  const auto trip = trip_on_disk(gate);
  ASSERT_TRUE(trip && trip->settlement);
  EXPECT_EQ(trip->store_id, "OLD-NAME");
  EXPECT_EQ(trip->settlement->store_id, "OLD-NAME");
}

TEST(CartAnswer, KeepsTheBytesAsTheyCame) {
  RunningGate gate;
  const std::string body = " " + sample_cart().dump(3) + "\n";
  EXPECT_EQ(gate.ask(post_request("/v1/order/purchases", body)).status, 201);
  auto reader = store::LedgerReader::open(gate.ledger_file());
  ASSERT_TRUE(reader);
  const auto due =
      reader->due_deliveries(store::Lane::cloud, gate.clock().wall(), milliseconds{60'000},
                             store::LedgerReader::Order::oldest_first, 10);
  ASSERT_TRUE(due);
  ASSERT_EQ(due->size(), 1);
  EXPECT_EQ(reader->delivery(due->front())->payload, body);
}

TEST(CartAnswer, WaitsForTheDisk) {
  RunningGate gate;
  gate.hold_ledger();
  Caller caller = gate.connect();
  caller.send(cart_request(sample_cart()));
  EXPECT_FALSE(caller.hears_within(milliseconds{100}));
  gate.let_ledger_go();
  EXPECT_EQ(caller.hear().status, 201);
}

TEST(CartAnswer, OfOneDoesNotHoldUpTheScanOfAnother) {
  RunningGate gate;
  gate.hold_ledger();
  Caller caller = gate.connect();
  caller.send(cart_request(sample_cart()));
  EXPECT_EQ(gate.scan(sample_scan()).status, 200);
  gate.let_ledger_go();
  EXPECT_EQ(caller.hear().status, 201);
}

TEST(CartAnswer, IsAnEmptyPurchaseIdForAnEmptyCartWhoseChargeIsCancelled) {
  RunningGate gate;
  json cart = sample_cart();
  cart["cartItems"] = json::array();
  const auto heard = gate.send_cart(cart);
  EXPECT_EQ(heard.status, 201);
  EXPECT_EQ(heard.body, json({{"purchaseId", ""}}));
  const auto trip = trip_on_disk(gate);
  ASSERT_TRUE(trip && trip->settlement);
  EXPECT_EQ(trip->settlement->state, SettlementState::cancel_due);
}

TEST(CartAnswer, StaysEmptyForACartWithItemsAfterAnEmptyOneAndItsCancelIsHeld) {
  RunningGate gate;
  json empty = sample_cart();
  empty["cartItems"] = json::array();
  EXPECT_EQ(gate.send_cart(empty).status, 201);
  const auto heard = gate.send_cart(sample_cart());
  EXPECT_EQ(heard.status, 201);
  EXPECT_EQ(heard.body, json({{"purchaseId", ""}}));
  const auto trip = trip_on_disk(gate);
  ASSERT_TRUE(trip && trip->settlement);
  EXPECT_EQ(trip->settlement->state, SettlementState::held);
}

TEST(CartAnswer, LeavesAppTripsToTheRetailer) {
  RunningGate gate;
  json cart = sample_cart();
  cart["shoppingTrip"]["authEvents"][0]["payloadType"] = "SCAN_CODE";
  EXPECT_EQ(gate.send_cart(cart).status, 201);
  const auto trip = trip_on_disk(gate);
  ASSERT_TRUE(trip);
  EXPECT_EQ(trip->entry, store::Entry::app);
  EXPECT_FALSE(trip->settlement);
}

TEST(CartAnswer, IsTheSameForTheSameCartAgain) {
  RunningGate gate;
  const auto first = gate.send_cart(sample_cart());
  const auto second = gate.send_cart(sample_cart());
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(gate.observer().count(CartAnswer::repeated), 1);
  EXPECT_EQ(trips_on_disk(gate), 1);
}

TEST(CartAnswer, IsTheSameForTheSameCartAfterARestart) {
  RunningGate gate;
  const auto first = gate.send_cart(sample_cart());
  gate.restart();
  const auto second = gate.send_cart(sample_cart());
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(gate.observer().count(CartAnswer::repeated), 1);
  EXPECT_EQ(trips_on_disk(gate), 1);
}

TEST(CartAnswer, IsThePurchaseIdOnRecordAndNotANewOne) {
  RunningGate gate;
  std::promise<void> recorded;
  ASSERT_TRUE(gate.ledger().submit<store::CartReceipt>(
      [](store::Ledger& ledger) {
        return ledger.append({.trip_id = trip_id,
                              .purchase_id = "of-an-earlier-release",
                              .entry = store::Entry::card,
                              .started_at = {},
                              .received_at = {},
                              .body = sample_cart().dump(),
                              .first_settlement = {}});
      },
      [&](const Result<store::CartReceipt>&) { recorded.set_value(); }));
  recorded.get_future().wait();
  EXPECT_EQ(gate.send_cart(sample_cart()).body["purchaseId"], "of-an-earlier-release");
}

TEST(CartAnswer, IsThatOfTheFirstCartWhenAnotherComesForTheSameTrip) {
  RunningGate gate;
  const auto first = gate.send_cart(sample_cart());
  json other = sample_cart();
  other["cartItems"] = json::array();
  const auto second = gate.send_cart(other);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(gate.observer().count(CartAnswer::differing), 1);
  EXPECT_EQ(trip_on_disk(gate)->differing_carts, 1);
  EXPECT_THAT(gate.log(), HasSubstr(trip_id));
  EXPECT_THAT(gate.log(), Not(HasSubstr("SKU-001")));
}

TEST(CartAnswer, TakesARetryForTheSameCartThoughItsRequestIdIsNew) {
  RunningGate gate;
  const auto first = gate.send_cart(sample_cart());
  json retry = sample_cart();
  retry["requestId"] = "00000000-1111-2222-3333-444444444444";
  const auto second = gate.send_cart(retry);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(gate.observer().count(CartAnswer::repeated), 1);
  EXPECT_EQ(trip_on_disk(gate)->differing_carts, 0);
}

TEST(CartAnswer, IsOneForAllWhoSendTheSameTripAtOnce) {
  RunningGate gate;
  gate.hold_ledger();
  std::vector<Caller> callers;
  for (int number = 0; number < 32; ++number) {
    callers.push_back(gate.connect());
    callers.back().send(cart_request(sample_cart()));
  }
  gate.let_ledger_go();
  std::set<std::string> purchase_ids;
  for (auto& caller : callers) {
    const auto heard = caller.hear();
    EXPECT_EQ(heard.status, 201);
    purchase_ids.insert(heard.body["purchaseId"]);
  }
  EXPECT_EQ(purchase_ids.size(), 1);
  EXPECT_EQ(gate.observer().count(CartAnswer::recorded), 1);
  EXPECT_EQ(gate.observer().count(CartAnswer::repeated), 31);
  EXPECT_EQ(trips_on_disk(gate), 1);
}

TEST(CartAnswer, Is503WhenTooManyCartsWaitAndThenTakesThemAgain) {
  RunningGate gate(RunningGate::default_options(), {}, {.queue_max = 1});
  gate.hold_ledger();
  Caller waiting = gate.connect();
  waiting.send(cart_request(sample_cart()));
  EXPECT_FALSE(waiting.hears_within(milliseconds{100}));
  const auto refused = gate.send_cart(sample_cart());
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.header, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_TRUE(refused.body.contains("errorMsg"));
  EXPECT_EQ(gate.observer().count(CartAnswer::unavailable), 1);
  gate.let_ledger_go();
  EXPECT_EQ(waiting.hear().status, 201);
  EXPECT_EQ(gate.send_cart(sample_cart()).status, 201);
}

TEST(CartAnswer, Is503WhileTheDiskIsFullAnd201Afterwards) {
  RunningGate gate;
  {
    const FullDisk full;
    const auto refused = gate.send_cart(sample_cart());
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.header, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_EQ(gate.scan(sample_scan()).status, 200);
  }
  EXPECT_EQ(gate.send_cart(sample_cart()).status, 201);
  EXPECT_EQ(trips_on_disk(gate), 1);
}

TEST(CartAnswer, NamesTheFieldThatIsWrongAndRecordsNothing) {
  RunningGate gate;
  json cart = sample_cart();
  cart["cartItems"][0]["quantity"].erase("value");
  const auto heard = gate.send_cart(cart);
  EXPECT_EQ(heard.status, 400);
  EXPECT_EQ(heard.body["errorMsg"],
            "cartItems[0].quantity.value is missing; expected a decimal as a string of at most 10 "
            "characters");
  EXPECT_EQ(gate.observer().count(CartAnswer::invalid), 1);
  EXPECT_EQ(trips_on_disk(gate), 0);
}

TEST(CartAnswer, Is400ForAnotherStoresCart) {
  RunningGate gate;
  json cart = sample_cart();
  cart["storeId"] = "STORE-002";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  EXPECT_THAT(gate.log(), HasSubstr("/v1/order/purchases: received storeId \"STORE-002\""));
  EXPECT_EQ(trips_on_disk(gate), 0);
}

TEST(CartAnswer, ComesAlsoWhenTheGateHasGoneMeanwhile) {
  RunningGate gate;
  gate.hold_ledger();
  Caller caller = gate.connect();
  caller.send(cart_request(sample_cart()));
  EXPECT_FALSE(caller.hears_within(milliseconds{100}));
  gate.destroy_gate();
  gate.let_ledger_go();
  EXPECT_EQ(caller.hear().status, 201);
}

TEST(CartAnswer, ThatNobodyWaitsForAnyMoreHarmsNothing) {
  RunningGate gate;
  gate.hold_ledger();
  Caller caller = gate.connect();
  caller.send(cart_request(sample_cart()));
  EXPECT_FALSE(caller.hears_within(milliseconds{100}));
  gate.stop_loop();
  gate.let_ledger_go();
  gate.ledger().stop();
  EXPECT_EQ(trips_on_disk(gate), 1);
}

}  // namespace
}  // namespace gatehouse::gate
