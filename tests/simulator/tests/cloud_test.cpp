#include "tests/simulator/world/retailer/cloud.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/pricing.hpp"
#include "tests/simulator/tests/asking.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr auto purchases_path = "/v1/order/purchases";
constexpr auto records_path = "/v1/payments/records";

std::string cart(const std::string& trip_id, const std::string& payload_type,
                 const std::string& items) {
  return R"({"idempotentShoppingTripId":")" + trip_id +
         R"(","shoppingTrip":{"authEvents":[{"payloadType":")" + payload_type +
         R"("}]},"cartItems":[)" + items + "]}";
}

const std::string one_item = R"({"id":"A","quantity":{"value":"1","unit":"unit"}})";

class CloudTest : public testing::Test {
 protected:
  http::Answer deliver(const std::string& body, const std::string& key,
                       const std::string& purchase_id = "P-1") {
    return cloud.purchases(delivery(purchases_path, body, key, purchase_id).request());
  }
  http::Answer record(const std::string& body, const std::string& key) {
    return cloud.payment_record(delivery(records_path, body, key, "").request());
  }
  std::int64_t count(const char* name) { return effects.summary()[name].get<std::int64_t>(); }

  Effects effects;
  Cloud cloud{"STORE-001", effects};
};

TEST_F(CloudTest, AnswersACardCartWithItsCharge) {
  const auto answer = deliver(cart("t-1", "FINANCIAL", one_item), "k-1");
  EXPECT_EQ(answer.status, 201U);
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body["purchaseId"], "P-1");
  EXPECT_EQ(body["charge"]["code"], "USD");
  EXPECT_EQ(body["charge"]["amount"],
            format_amount({.minor = unit_price_minor("A"), .currency = "USD"}));
}

TEST_F(CloudTest, ChargesNeitherAppEntryNorEmptyCarts) {
  EXPECT_FALSE(
      json::parse(deliver(cart("t-1", "SCAN_CODE", one_item), "k-1").body).contains("charge"));
  const auto empty = deliver(cart("t-2", "FINANCIAL", ""), "k-2", "");
  EXPECT_EQ(empty.status, 201U);
  EXPECT_EQ(json::parse(empty.body), json::parse(R"({"purchaseId":""})"));
}

TEST_F(CloudTest, GivesTheSameAnswerToTheSameKeyAndCountsIt) {
  const auto body = cart("t-1", "FINANCIAL", one_item);
  const auto first = deliver(body, "k-1");
  const auto second = deliver(body, "k-1");
  EXPECT_EQ(second.status, first.status);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(count("carts_delivered"), 1);
  EXPECT_EQ(count("duplicate_deliveries"), 1);
  EXPECT_EQ(count("double_carts"), 0);
  EXPECT_EQ(count("conflicts"), 0);
}

TEST_F(CloudTest, RefusesOtherBytesUnderTheSameKeyAndCountsTheConflict) {
  (void)deliver(cart("t-1", "FINANCIAL", one_item), "k-1");
  EXPECT_EQ(deliver(cart("t-1", "FINANCIAL", ""), "k-1", "").status, 422U);
  EXPECT_EQ(count("conflicts"), 1);
}

http::Answer brought_by(Cloud& to, const std::string& ledger, const std::string& body,
                        const std::string& key = "k-1") {
  auto asked = delivery(purchases_path, body, key, "P-1");
  asked.fields.set("Gatehouse-Ledger", ledger);
  return to.purchases(asked.request());
}

TEST_F(CloudTest, NamesTheLedgerThatBroughtTheCartFirstWhoeverBringsItAgain) {
  const auto body = cart("t-1", "FINANCIAL", one_item);
  EXPECT_EQ(json::parse(brought_by(cloud, "a.1", body).body)["charge"]["ledger"], "a.1");
  EXPECT_EQ(json::parse(brought_by(cloud, "b.1", body).body)["charge"]["ledger"], "a.1");
  EXPECT_EQ(json::parse(brought_by(cloud, "b.1", body, "k-2").body)["charge"]["ledger"], "a.1")
      << "under another key, too";
  Cloud silent("STORE-001", effects,
               {.currencies = {"USD"}, .as_checkout_cart = false, .names_ledgers = false});
  EXPECT_FALSE(json::parse(brought_by(silent, "a.1", body).body)["charge"].contains("ledger"));
  Cloud checking_out("STORE-001", effects, {.currencies = {"USD"}, .as_checkout_cart = true});
  EXPECT_EQ(json::parse(brought_by(checking_out, "a.1", body).body)["ledger"], "a.1");
}

TEST_F(CloudTest, AnswersThatItIsStillAtWorkWhereTheFirstRequestIsNotDone) {
  const auto asked = delivery(purchases_path, cart("t-1", "FINANCIAL", one_item), "k-1", "P-1");
  EXPECT_TRUE(cloud.begin(asked.request()));
  EXPECT_FALSE(cloud.begin(asked.request()));
  EXPECT_EQ(Cloud::still_working().status, 409U);
  cloud.end("k-1");
  EXPECT_TRUE(cloud.begin(asked.request()));
}

TEST_F(CloudTest, SeesTwoBoxesThatBothSayThatTheyCapturedATrip) {
  const auto captured_by = [this](const std::string& ledger, const std::string& settled_at) {
    auto asked = delivery(
        records_path, R"({"tripId":"t-1","status":"CAPTURED","settledAt":")" + settled_at + R"("})",
        "t-1:payment", "");
    asked.fields.set("Gatehouse-Ledger", ledger);
    return cloud.payment_record(asked.request()).status;
  };
  EXPECT_EQ(captured_by("a.1", "now"), 201U);
  EXPECT_EQ(captured_by("a.2", "now"), 201U) << "the same box, in another era";
  EXPECT_EQ(effects.of_trip("t-1")["record"]["ledgers"], json::parse(R"(["a"])"));
  EXPECT_EQ(captured_by("b.1", "later"), 422U);
  EXPECT_EQ(effects.of_trip("t-1")["record"]["ledgers"], json::parse(R"(["a","b"])"));
}

TEST_F(CloudTest, CountsTheSameTripUnderTwoKeysAsEnteredTwice) {
  const auto body = cart("t-1", "FINANCIAL", one_item);
  deliver(body, "k-1");
  deliver(body, "k-2");
  EXPECT_EQ(count("double_carts"), 1);
  EXPECT_EQ(effects.of_trip("t-1")["cart"]["effects"], 2);
  EXPECT_EQ(effects.of_trip("t-1")["cart"]["idempotency_key"], "k-1");
  EXPECT_EQ(effects.of_trip("t-1")["cart"]["sha256"], sha256_hex(body));
}

TEST_F(CloudTest, RefusesADeliveryWithoutOneOfItsHeaders) {
  const auto body = cart("t-1", "FINANCIAL", one_item);
  for (const auto* name : {"Idempotency-Key", "Gatehouse-Store", "Gatehouse-Sequence",
                           "Gatehouse-Received-At", "Gatehouse-Purchase-Id"}) {
    auto asked = delivery(purchases_path, body, "k-1", "P-1");
    asked.fields.erase(name);
    const auto answer = cloud.purchases(asked.request());
    EXPECT_EQ(answer.status, 400U) << name;
    EXPECT_NE(answer.body.find(name), std::string::npos) << answer.body;
  }
  EXPECT_EQ(count("bad_requests"), 5);
  EXPECT_EQ(count("carts_delivered"), 0);
}

TEST_F(CloudTest, RefusesADeliveryOfAnotherStore) {
  auto asked = delivery(purchases_path, cart("t-1", "FINANCIAL", one_item), "k-1", "P-1");
  asked.fields.set("Gatehouse-Store", "STORE-002");
  EXPECT_EQ(cloud.purchases(asked.request()).status, 400U);
}

TEST_F(CloudTest, RefusesWhatIsNoCart) {
  EXPECT_EQ(deliver("no JSON", "k-1").status, 400U);
  EXPECT_EQ(deliver(R"({"cartItems":[]})", "k-2", "").status, 400U);
}

TEST_F(CloudTest, TakesAPaymentRecordOncePerKey) {
  const std::string body = R"({"tripId":"t-1","status":"CAPTURED","shopperEmail":"a@b.c"})";
  EXPECT_EQ(record(body, "r-1").status, 201U);
  EXPECT_EQ(record(body, "r-1").status, 201U);
  EXPECT_EQ(count("payment_records"), 1);
  EXPECT_EQ(count("duplicate_payment_records"), 1);
  EXPECT_EQ(
      effects.of_trip("t-1")["record"],
      json::parse(
          R"({"effects":1,"revision":1,"status":"CAPTURED","shopper_email":"a@b.c","refunds":0,"ledgers":[],"told":1,"tellers":1})"));
  EXPECT_EQ(record("{}", "r-2").status, 400U);
}

TEST_F(CloudTest, BelievesTheHighestRevisionOfARecordWhicheverComesLast) {
  EXPECT_EQ(record(R"({"revision":2,"tripId":"t-1","status":"CAPTURED"})", "r-2").status, 201U);
  EXPECT_EQ(record(R"({"revision":1,"tripId":"t-1","status":"EXPIRED"})", "r-1").status, 201U);
  const auto seen = effects.of_trip("t-1")["record"];
  EXPECT_EQ(seen["effects"], 2);
  EXPECT_EQ(seen["revision"], 2);
  EXPECT_EQ(seen["status"], "CAPTURED");
}

TEST_F(CloudTest, AnswersAChargeThatWaitsForAPersonWithTheTruthWhereTheDeskDecides) {
  const auto asked = [this](const std::string& trip, const std::string& status) {
    const std::string body =
        R"({"revision":2,"tripId":")" + trip + R"(","status":")" + status + "\"}";
    return json::parse(record(body, trip + status).body).value("decision", "");
  };
  EXPECT_EQ(asked("t-0", "UNCLEAR"), "") << "nobody is at the desk";
  cloud.let_desk_decide(true);
  effects.captured("t-1", {.minor = 999, .currency = "USD"});
  EXPECT_EQ(asked("t-1", "UNCLEAR"), "captured");
  EXPECT_EQ(asked("t-2", "UNCLEAR"), "not_captured");
  EXPECT_EQ(asked("t-1", "UNVOUCHED"), "captured");
  EXPECT_EQ(asked("t-3", "HELD"), "charge");
  EXPECT_EQ(asked("t-4", "CAPTURED"), "");
  const auto held_again = [this](const std::string& revision) {
    const std::string body = R"({"revision":)" + revision + R"(,"tripId":"t-3","status":"HELD"})";
    return json::parse(record(body, "t-3 " + revision).body).value("decision", "");
  };
  EXPECT_EQ(held_again("3"), "charge");
  EXPECT_EQ(held_again("4"), "written_off") << "patience ends";
  EXPECT_EQ(effects.of_trip("t-2")["record"]["status"], "UNCLEAR");
}

TEST_F(CloudTest, BelievesTheNewestLedgerOfATripWhoseHistoryWasLost) {
  const auto told = [this](const std::string& ledger, int revision, const std::string& status) {
    const auto number = std::to_string(revision);
    const std::string body =
        R"({"revision":)" + number + R"(,"tripId":"t-1","status":")" + status + "\"}";
    auto asked = delivery(records_path, body, ledger + number, "");
    asked.fields.set("Gatehouse-Ledger", ledger);
    return cloud.payment_record(asked.request()).status;
  };
  EXPECT_EQ(told("a-uuid.1", 1, "UNCLEAR"), 201U);
  EXPECT_EQ(told("a-uuid.1", 2, "HELD"), 201U);
  EXPECT_EQ(told("a-uuid.2", 1, "CAPTURED"), 201U);
  EXPECT_EQ(told("a-uuid.1", 3, "UNCLEAR"), 201U) << "late news of an old one";
  const auto seen = effects.of_trip("t-1")["record"];
  EXPECT_EQ(seen["status"], "CAPTURED");
  EXPECT_EQ(seen["told"], 4);
  EXPECT_EQ(seen["tellers"], 2);
}

TEST_F(CloudTest, CountsTheRecordOfARefundApart) {
  EXPECT_EQ(record(R"({"tripId":"t-1","status":"CAPTURED"})", "r-1").status, 201U);
  const std::string refund = R"({"tripId":"t-1","status":"REFUNDED"})";
  EXPECT_EQ(record(refund, "r-2").status, 201U);
  EXPECT_EQ(record(refund, "r-2").status, 201U);
  EXPECT_EQ(count("payment_records"), 1);
  const auto seen = effects.of_trip("t-1")["record"];
  EXPECT_EQ(seen["effects"], 1);
  EXPECT_EQ(seen["refunds"], 1);
  EXPECT_EQ(seen["status"], "CAPTURED");
}

TEST_F(CloudTest, PricesInTheCurrenciesOfTheStore) {
  Cloud abroad("STORE-001", effects, {.currencies = {"JPY", "KWD"}, .as_checkout_cart = false});
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto trip = "t-" + std::to_string(i);
    const auto body = cart(trip, "FINANCIAL", one_item);
    const auto answer =
        json::parse(abroad.purchases(delivery(purchases_path, body, trip, "P-1").request()).body);
    const auto code = answer["charge"]["code"].get<std::string>();
    EXPECT_EQ(answer["charge"]["amount"],
              format_amount({.minor = unit_price_minor("A"), .currency = code}));
    EXPECT_EQ(effects.of_trip(trip)["cart"]["currency"], code);
    seen.insert(code);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"JPY", "KWD"}));
}

TEST_F(CloudTest, AnswersACheckoutCartThatAddsUpToTheSamePrice) {
  Cloud checking_out("STORE-001", effects, {.currencies = {"USD"}, .as_checkout_cart = true});
  const auto body = cart("t-1", "FINANCIAL",
                         one_item + R"(,{"id":"B","quantity":{"value":"3.0","unit":"unit"}})");
  const auto answer = json::parse(
      checking_out.purchases(delivery(purchases_path, body, "k-1", "P-1").request()).body);
  EXPECT_FALSE(answer.contains("charge"));
  const auto& priced = answer["checkoutCart"];
  EXPECT_EQ(priced["lineItems"].size(), 4U) << "each piece is a line of its own";
  EXPECT_EQ(priced["orderTotals"]["priceTotal"]["amount"],
            format_amount(
                {.minor = unit_price_minor("A") + 3 * unit_price_minor("B"), .currency = "USD"}));
}

TEST_F(CloudTest, KnowsSomeShoppersThatTheFeedDoesNot) {
  const auto action = [&](const std::string& key) {
    const auto body = R"({"scanEvent":{"id":")" + base64(key) + R"("}})";
    const Asked asked{boost::beast::http::verb::post, "/v1/identity/scan", body, {}};
    return json::parse(cloud.scan(asked.request()).body);
  };
  EXPECT_EQ(action("9511-2222-3333-4444-5555-6666")["action"], "ACCEPT");
  EXPECT_EQ(action("9511-2222-3333-4444-5555-6666")["id"], "9511-2222-3333-4444-5555-6666");
  EXPECT_EQ(action("9611-2222-3333-4444-5555-6666")["action"], "REJECT");
}

}  // namespace
}  // namespace gatehouse::simulator
