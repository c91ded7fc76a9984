// Carts that were answered 400, over the local API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class RefusedCartsTest : public testing::Test {
 protected:
  RunningLocalApi api{good_day().process};
  json read_json(const std::string& target) { return json::parse(api.read("GET", target).body); }
};

TEST_F(RefusedCartsTest, AreListedAndShownWithoutTheirBytes) {
  api.add_refused("T-1", R"({"secret":1})");
  api.add_refused("T-2", R"({"secret":2})");
  const json page = read_json("/local/v1/records?state=refused&limit=1");
  ASSERT_EQ(page["records"].size(), 1U);
  EXPECT_EQ(page["records"][0]["id"], "r1");
  EXPECT_EQ(page["records"][0]["tripId"], "T-1");
  EXPECT_EQ(page["records"][0]["kind"], "refused_cart");
  EXPECT_EQ(page["records"][0]["state"], "refused");
  EXPECT_EQ(page["records"][0]["times"], 1);
  EXPECT_EQ(page["next"], 1);
  EXPECT_EQ(read_json("/local/v1/records?state=refused&after=1")["records"][0]["id"], "r2");
  const auto shown = api.read("GET", "/local/v1/refused-carts/r2");
  EXPECT_EQ(json::parse(shown.body)["reason"], "payloadType has another value (PALM)");
  EXPECT_EQ(json::parse(shown.body)["caller"], "10.0.0.1");
  EXPECT_THAT(shown.body, Not(HasSubstr("secret")));
  EXPECT_EQ(api.read("GET", "/local/v1/refused-carts/r3").status, 404U);
  EXPECT_EQ(api.read("GET", "/local/v1/refused-carts/2").status, 400U);
  EXPECT_TRUE(read_json("/local/v1/records")["records"].empty());
}

TEST_F(RefusedCartsTest, ShowTheirBytesOnTheControlSocketAlone) {
  api.add_refused("T-1", R"({"secret":1})");
  EXPECT_EQ(api.read("GET", "/local/v1/refused-carts/r1/cart").status, 403U);
  EXPECT_EQ(api.control("GET", "/local/v1/refused-carts/r1/cart").body, R"({"secret":1})");
  EXPECT_EQ(api.control("GET", "/local/v1/refused-carts/r9/cart").status, 404U);
}

TEST_F(RefusedCartsTest, AreForwardedOnceWhenAPersonSaysSo) {
  api.add_refused("T-1", R"({"secret":1})");
  EXPECT_EQ(api.read("POST", "/local/v1/refused-carts/r1/forward").status, 403U);
  const json first = json::parse(api.control("POST", "/local/v1/refused-carts/r1/forward").body);
  EXPECT_EQ(first["outcome"], "recorded");
  const json again = json::parse(api.control("POST", "/local/v1/refused-carts/r1/forward").body);
  EXPECT_EQ(again["outcome"], "identical");
  EXPECT_EQ(again["record"], first["record"]);
  const json records = read_json("/local/v1/records")["records"];
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["kind"], "refused_cart");
  EXPECT_EQ(read_json("/local/v1/refused-carts/r1")["state"], "forwarded");
  EXPECT_EQ(read_json("/local/v1/refused-carts/r1")["recordState"], "pending");
  EXPECT_EQ(api.control("POST", "/local/v1/refused-carts/r9/forward").status, 404U);
  EXPECT_EQ(api.control("POST", "/local/v1/refused-carts/1/forward").status, 400U);
}

TEST_F(RefusedCartsTest, AreDroppedByAPersonWhoGivesAName) {
  const std::string drop = "/local/v1/refused-carts/r1/drop";
  api.add_refused("T-1", R"({"secret":1})");
  EXPECT_EQ(api.read("POST", drop, R"({"by":"Ann"})").status, 403U);
  for (const char* body : {"", R"({"by":""})", R"({"by":7})", R"({"by":"a\nb"})"}) {
    EXPECT_EQ(api.control("POST", drop, body).status, 400U) << body;
  }
  const auto dropped = api.control("POST", drop, R"({"by":"Ann"})");
  EXPECT_EQ(json::parse(dropped.body),
            json::parse(R"({"id":"r1","tripId":"T-1","outcome":"dropped"})"));
  EXPECT_EQ(api.control("POST", drop, R"({"by":"Ann"})").status, 404U);
  EXPECT_THAT(api.read("GET", "/metrics").body,
              HasSubstr("gatehouse_ledger_refused_carts_dropped_total 1"));
}

TEST_F(RefusedCartsTest, AreNotDroppedWhileTheyAreOnTheirWayNorIsAnyOtherRecord) {
  api.add_refused("T-1", R"({"secret":1})");
  api.add_trip("T-2");
  ASSERT_EQ(api.control("POST", "/local/v1/refused-carts/r1/forward").status, 200U);
  const auto waits = api.control("POST", "/local/v1/refused-carts/r1/drop", R"({"by":"Ann"})");
  EXPECT_EQ(waits.status, 409U);
  EXPECT_EQ(api.control("POST", "/local/v1/refused-carts/1/drop", R"({"by":"A"})").status, 400U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/1/drop", R"({"by":"Ann"})").status, 404U);
}

}  // namespace
}  // namespace gatehouse::local
