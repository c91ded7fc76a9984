// Retry and release of many at once, over the control socket and a real ledger.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/local/changes/bulk_request.hpp"
#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using nlohmann::json;
using store::SettlementState;
using testing::HasSubstr;

constexpr const char* retry_path = "/local/v1/records/retry";
constexpr const char* release_path = "/local/v1/trips/release";
constexpr auto page = static_cast<int>(bulk_page);

class BulkTest : public testing::Test {
 protected:
  RunningLocalApi api{good_day().process};

  json post(const std::string& path, const json& body = json::object()) {
    const auto reply = api.control("POST", path, body.dump());
    EXPECT_EQ(reply.status, 200U) << reply.body;
    return json::parse(reply.body);
  }
  std::size_t records(const std::string& state) {
    const auto reply = api.read("GET", "/local/v1/records?limit=500&state=" + state);
    return json::parse(reply.body)["records"].size();
  }
  std::string charge_state(const std::string& trip_id) {
    return json::parse(api.read("GET", "/local/v1/trips/" + trip_id).body)["settlement"]["state"];
  }
  void set_aside(int count) {
    for (int id = 1; id <= count; ++id) {
      api.add_app_trip(fmt::format("T-{}", id));
      api.set_aside(id, "status 422");
    }
  }
  /// Its price, then refused by Amazon.
  void hold(const std::string& trip_id, const std::string& amount, bool unclear = false) {
    api.add_trip(trip_id);
    const json price{{"amount", amount}, {"code", "USD"}};
    const auto path = "/local/v1/trips/" + trip_id + "/charge";
    ASSERT_EQ(api.control("POST", path, price.dump()).status, 200U);
    api.move_charge(trip_id, SettlementState::adjust_due, SettlementState::held, unclear);
  }
};

TEST_F(BulkTest, RetriesAPageOfRecordsAndSaysWhereTheNextBegins) {
  set_aside(page + 5);
  const json first = post(retry_path);
  EXPECT_EQ(first["records"], page);
  EXPECT_EQ(first["next"], page);
  EXPECT_EQ(records("set_aside"), 5U);
  const json second = post(retry_path, {{"after", first["next"]}});
  EXPECT_EQ(second["records"], 5);
  EXPECT_EQ(second["next"], nullptr);
  EXPECT_EQ(second["leftOut"], json::array());
  EXPECT_EQ(records("set_aside"), 0U);
  EXPECT_EQ(post(retry_path)["records"], 0) << "once more is harmless";
}

TEST_F(BulkTest, OnlySaysWhatItWouldRetry) {
  set_aside(3);
  const json said = post(retry_path, {{"dryRun", true}});
  EXPECT_EQ(said["records"], 3);
  EXPECT_EQ(said["dryRun"], true);
  EXPECT_EQ(records("set_aside"), 3U);
}

TEST_F(BulkTest, RetriesOnlyThoseOfAKindAndOfATime) {
  set_aside(2);
  EXPECT_EQ(post(retry_path, {{"kind", "refund"}})["records"], 0);
  EXPECT_EQ(post(retry_path, {{"since", "2100-01-01T00:00:00Z"}})["records"], 0);
  EXPECT_EQ(post(retry_path, {{"state", "pending"}})["records"], 0);
  EXPECT_EQ(post(retry_path, {{"since", "2020-01-01T00:00:00Z"}, {"kind", "cart"}})["records"], 2);
}

TEST_F(BulkTest, MakesDueWhatWaitsForItsNextAttempt) {
  api.add_app_trip("T-1");
  api.add_app_trip("T-2");
  api.put_off(1, std::chrono::minutes{10});
  EXPECT_EQ(post(retry_path)["records"], 0) << "it was not set aside";
  const json done = post(retry_path, {{"state", "pending"}});
  EXPECT_EQ(done["records"], 1) << "the other is due as it is";
  EXPECT_EQ(post(retry_path, {{"state", "pending"}})["records"], 0);
}

TEST_F(BulkTest, ReleasesWhatIsHeldAndAddsItUp) {
  hold("T-1", "15.99");
  hold("T-2", "4.01");
  api.add_trip("T-3");
  api.move_charge("T-3", SettlementState::awaiting_price, SettlementState::held);
  const json said = post(release_path, {{"dryRun", true}, {"state", "held"}});
  EXPECT_EQ(said["trips"], 3);
  EXPECT_EQ(said["amounts"], json::parse(R"([{"amount":"20.00","code":"USD"}])"));
  EXPECT_EQ(said["unpriced"], 1);
  EXPECT_EQ(charge_state("T-1"), "held");
  const json done = post(release_path);
  EXPECT_EQ(done["trips"], 3);
  EXPECT_EQ(done["amounts"], said["amounts"]);
  EXPECT_EQ(charge_state("T-1"), "adjust_due");
  EXPECT_EQ(charge_state("T-3"), "awaiting_price");
  EXPECT_EQ(post(release_path)["trips"], 0);
}

TEST_F(BulkTest, LeavesOutWhatIsInDoubtAndWhatAnOperatorHeld) {
  hold("T-1", "15.99", true);
  api.add_trip("T-2");
  ASSERT_EQ(api.control("POST", "/local/v1/trips/T-2/hold", R"({"reason":"at the desk"})").status,
            200U);
  hold("T-3", "1.00");
  for (const bool dry_run : {true, false}) {
    const json said = post(release_path, {{"dryRun", dry_run}});
    EXPECT_EQ(said["trips"], 1);
    EXPECT_EQ(said["amounts"][0]["amount"], "1.00");
    ASSERT_EQ(said["leftOut"].size(), 2U);
    EXPECT_EQ(said["leftOut"][0]["tripId"], "T-1");
    EXPECT_THAT(said["leftOut"][0]["reason"], HasSubstr("--not-captured"));
    EXPECT_THAT(said["leftOut"][1]["reason"], HasSubstr("an operator held it"));
  }
  EXPECT_EQ(charge_state("T-1"), "held");
  EXPECT_EQ(charge_state("T-2"), "held");
  EXPECT_EQ(charge_state("T-3"), "adjust_due");
}

TEST_F(BulkTest, ReleasesPageByPage) {
  for (int i = 0; i < page + 3; ++i) {
    const auto trip_id = fmt::format("T-{}", i);
    api.add_trip(trip_id, std::chrono::seconds{10 * (i % 7)});
    api.move_charge(trip_id, SettlementState::awaiting_price, SettlementState::held);
  }
  const json first = post(release_path);
  EXPECT_EQ(first["trips"], page);
  const json second = post(release_path, {{"after", first["next"]}});
  EXPECT_EQ(second["trips"], 3);
  EXPECT_EQ(second["next"], nullptr);
}

TEST_F(BulkTest, DoesNothingForARequestThatItDoesNotKnowWhole) {
  set_aside(1);
  for (const char* body :
       {"[]", "{", R"({"dryrun":true})", R"({"dryRun":"yes"})", R"({"dryRun":true,"dryRun":false})",
        R"({"since":"yesterday"})", R"({"after":-1})", R"({"after":"1"})",
        R"({"state":"delivered"})", R"({"kind":"carts"})"}) {
    EXPECT_EQ(api.control("POST", retry_path, body).status, 400U) << body;
  }
  for (const char* body :
       {R"({"kind":"cart"})", R"({"state":"captured"})", R"({"captured":true})"}) {
    EXPECT_EQ(api.control("POST", release_path, body).status, 400U) << body;
  }
  const auto why = [this](const std::string& body) {
    return api.control("POST", retry_path, body).body;
  };
  EXPECT_THAT(why("[]"), HasSubstr("the body is not a JSON object"));
  EXPECT_THAT(why(R"({"a":1,"a":1})"), HasSubstr("two members of one name"));
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_THAT(why(deep), HasSubstr("longer or deeper"));
  EXPECT_EQ(records("set_aside"), 1U);
}

TEST_F(BulkTest, IsForTheControlSocketAlone) {
  EXPECT_EQ(api.read("POST", retry_path).status, 403U);
  EXPECT_EQ(api.read("POST", release_path).status, 403U);
  EXPECT_EQ(api.change_over_tcp(retry_path, "{}").status, 403U);
}

TEST_F(BulkTest, AnswersThatTheLedgerIsStopping) {
  set_aside(1);
  api.stop_ledger();
  EXPECT_EQ(api.control("POST", retry_path, "{}").status, 503U);
}

}  // namespace
}  // namespace gatehouse::local
