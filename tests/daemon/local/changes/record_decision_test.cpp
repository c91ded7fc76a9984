// A refund that Amazon does not end, and the person who ends it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using store::SettlementState;
using testing::HasSubstr;
using testing::Not;

class RecordDecisionTest : public testing::Test {
 protected:
  RunningLocalApi api{good_day().process};

  /// Of a captured trip; gives the record of its refund.
  std::int64_t take_refund() {
    api.add_trip("T-1");
    (void)api.control("POST", "/local/v1/trips/T-1/charge", R"({"amount":"15.99","code":"USD"})");
    api.move_charge("T-1", SettlementState::adjust_due, SettlementState::captured);
    (void)refund("10.00");
    return trip()["refunds"][0]["record"];
  }
  LocalReply refund(const std::string& amount, const std::string& request_id = "") {
    json body{{"amount", amount}, {"code", "USD"}, {"reason", "OTHER"}};
    if (!request_id.empty()) body["refundRequestId"] = request_id;
    return api.control("POST", "/local/v1/trips/T-1/refund", body.dump());
  }
  std::string warnings() {
    return json::parse(api.read("GET", "/local/v1/status").body)["warnings"].dump();
  }
  LocalReply decide(std::int64_t record, const std::string& body) {
    return api.control("POST", "/local/v1/records/" + std::to_string(record) + "/decide", body);
  }
  json trip() { return json::parse(api.read("GET", "/local/v1/trips/T-1").body); }
};

TEST_F(RecordDecisionTest, TellsTheCloudOfARefundThatAPersonSaysWasMade) {
  const auto record = take_refund();
  const auto decided = decide(record, R"({"decision":"refunded","by":"Ann"})");
  EXPECT_EQ(decided.status, 200U) << decided.body;
  EXPECT_EQ(json::parse(decided.body)["outcome"], "refunded");
  EXPECT_EQ(trip()["refunds"][0]["state"], "delivered");
  EXPECT_EQ(trip()["deliveries"].back()["kind"], "refund_record");
  EXPECT_EQ(trip()["deliveries"].back()["state"], "pending");
  const auto told = json::parse(api.bytes_of(trip()["deliveries"].back()["id"]));
  EXPECT_EQ(told["status"], "REFUNDED");
  EXPECT_EQ(told["storeId"], "STORE-7");
  EXPECT_EQ(told["refundRequestId"], trip()["refunds"][0]["refundRequestId"]);
  EXPECT_EQ(told["amount"], (json{{"amount", "10.00"}, {"code", "USD"}}));
  EXPECT_FALSE(told.contains("reconciliationId"));
  EXPECT_THAT(trip()["history"].back()["reason"].get<std::string>(), HasSubstr("decided by Ann"));
  const auto denied = decide(record, R"({"decision":"not_refunded","by":"Ann"})");
  EXPECT_EQ(denied.status, 409U);
  EXPECT_THAT(denied.body, HasSubstr("has said before that this refund was made"));
}

TEST_F(RecordDecisionTest, WithdrawsOneThatWasNotMadeAndLetsItCountMeanwhile) {
  const auto record = take_refund();
  const auto decided = decide(record, R"({"decision":"not_refunded","by":"Ann"})");
  EXPECT_EQ(json::parse(decided.body)["outcome"], "withdrawn");
  EXPECT_EQ(trip()["refunds"][0]["state"], "withdrawn");
  const auto early = decide(record, R"({"decision":"not_refunded","by":"Ann"})");
  EXPECT_EQ(early.status, 409U);
  EXPECT_THAT(early.body, HasSubstr("say so again 20 minutes after"));
  EXPECT_THAT(warnings(), HasSubstr(fmt::format("The last is record {} of trip T-1", record)));
  EXPECT_EQ(refund("10.00").status, 409U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/" + std::to_string(record) + "/retry").status,
            404U);
}

TEST_F(RecordDecisionTest, FreesItsAmountOnceTheTimeHasPassedAndNotByAClockThatWasSetRight) {
  const auto record = take_refund();
  const std::string word = R"({"decision":"not_refunded","by":"Ann"})";
  (void)decide(record, word);
  api.clock().step_wall(1h);
  EXPECT_EQ(decide(record, word).status, 409U);
  EXPECT_EQ(refund("15.99").status, 409U);
  api.clock().pass(20min);
  EXPECT_EQ(json::parse(decide(record, word).body)["outcome"], "not_refunded");
  EXPECT_THAT(warnings(), Not(HasSubstr("refunds_withdrawn")));
  EXPECT_EQ(refund("15.99").status, 200U);
  const auto late = decide(record, R"({"decision":"refunded","by":"Ann"})");
  EXPECT_EQ(late.status, 200U);
  EXPECT_THAT(late.body, HasSubstr("more was refunded than captured"));
}

TEST_F(RecordDecisionTest, AsksForANewIdWhereOneThatAPersonEndedIsAskedForAgain) {
  const auto record = take_refund();
  const std::string id = trip()["refunds"][0]["refundRequestId"];
  EXPECT_EQ(refund("10.00", id).status, 200U);
  (void)decide(record, R"({"decision":"not_refunded","by":"Ann"})");
  const auto again = refund("10.00", id);
  EXPECT_EQ(again.status, 409U);
  EXPECT_THAT(again.body, HasSubstr("needs a new refundRequestId"));
}

TEST_F(RecordDecisionTest, IsNeededForEachRefundOfALedgerThatLacksHistory) {
  const auto record = take_refund();
  api.lose_history();
  EXPECT_THAT(api.payloads_to_amazon(), testing::IsEmpty());
  EXPECT_THAT(warnings(), HasSubstr("Refunds that waited were set aside"));
  for (const bool dry_run : {true, false}) {
    const auto all =
        api.control("POST", "/local/v1/records/retry", json{{"dryRun", dry_run}}.dump());
    EXPECT_EQ(json::parse(all.body)["records"], 0) << all.body;
    EXPECT_THAT(all.body, HasSubstr("see whether it was made"));
  }
  EXPECT_THAT(api.payloads_to_amazon(), testing::IsEmpty());
  EXPECT_EQ(api.control("POST", fmt::format("/local/v1/records/{}/retry", record)).status, 200U);
  EXPECT_EQ(api.payloads_to_amazon().size(), 1U);
}

TEST_F(RecordDecisionTest, RefusesWhatIsNoRefundAndWhoeverHasNoName) {
  const auto record = take_refund();
  const std::string word = R"({"decision":"refunded","by":"Ann"})";
  EXPECT_EQ(decide(1, word).status, 404U) << "a cart";
  EXPECT_EQ(decide(99, word).status, 404U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/x/decide", word).status, 400U);
  EXPECT_EQ(decide(record, R"({"decision":"refunded"})").status, 400U);
  EXPECT_EQ(decide(record, R"({"decision":"captured","by":"Ann"})").status, 400U);
  EXPECT_EQ(api.read("POST", "/local/v1/records/2/decide", word).status, 403U);
  EXPECT_EQ(trip()["refunds"][0]["state"], "pending");
}

}  // namespace
}  // namespace gatehouse::local
