#include "tests/simulator/world/world.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/tests/asking.hpp"

namespace gatehouse::simulator {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr auto cart_body =
    R"({"idempotentShoppingTripId":"t-1","shoppingTrip":{"authEvents":[{"payloadType":"FINANCIAL"}]},)"
    R"("cartItems":[{"id":"A"}]})";

class WorldTest : public testing::Test {
 protected:
  http::Answer get(const std::string& target) {
    return ask(loop, handler, {verb::get, target, "", {}});
  }
  http::Answer post(const std::string& target, const std::string& body) {
    return ask(loop, handler, {verb::post, target, body, {}});
  }
  http::Answer deliver(const std::string& key) {
    return ask(loop, handler, delivery("/v1/order/purchases", cart_body, key, "P-1"));
  }
  void outage(const std::string& target, const std::string& mode, int duration_ms) {
    const auto answer =
        post("/sim/outage", R"({"target":")" + target + R"(","mode":")" + mode +
                                R"(","duration_ms":)" + std::to_string(duration_ms) + "}");
    ASSERT_EQ(answer.status, 200U) << answer.body;
  }
  std::int64_t carts_delivered() {
    return json::parse(get("/sim/effects?summary=true").body)["carts_delivered"]
        .get<std::int64_t>();
  }
  void run_for(int ms) {
    loop.restart();
    loop.run_for(std::chrono::milliseconds(ms));
  }

  SystemClock clock;
  boost::asio::io_context loop{1};
  WorldOptions options{.shoppers = 10};
  World world{loop, options, clock};
  http::Handler handler = world.handler();
};

TEST_F(WorldTest, ServesTheFeedInPages) {
  const auto first = json::parse(get("/shoppers/_changes?limit=8&include_docs=true").body);
  EXPECT_EQ(first["results"].size(), 8U);
  const auto since = first["last_seq"].get<std::string>();
  const auto rest = json::parse(get("/shoppers/_changes?limit=8&since=" + since).body);
  EXPECT_EQ(rest["results"].size(), 4U);
  EXPECT_EQ(rest["pending"], 0);
}

TEST_F(WorldTest, AnswersALongpollWhenADocumentChanges) {
  const auto waiting =
      start(loop, handler,
            {verb::get, "/shoppers/_changes?feed=longpoll&include_docs=true&since=now", "", {}});
  run_for(20);
  EXPECT_FALSE(waiting->has_value());
  const auto put =
      start(loop, handler, {verb::put, "/sim/shoppers/S-3", R"({"status":"BLOCKED"})", {}});
  run_for(1000);
  ASSERT_TRUE(waiting->has_value());
  const auto changes = json::parse(waiting->value().body);
  ASSERT_EQ(changes["results"].size(), 1U);
  EXPECT_EQ(changes["results"][0]["doc"]["status"], "BLOCKED");
  EXPECT_EQ(changes["results"][0]["doc"]["keys"].size(), 1U) << "what was not given must stay";
}

TEST_F(WorldTest, AnswersALongpollAtOnceWhereSomethingIsThere) {
  const auto changes = json::parse(get("/shoppers/_changes?feed=longpoll&timeout=60000").body);
  EXPECT_EQ(changes["results"].size(), 12U);
}

TEST_F(WorldTest, EndsALongpollEmptyHandedAfterItsTimeout) {
  const auto changes =
      json::parse(get("/shoppers/_changes?feed=longpoll&since=now&timeout=30").body);
  EXPECT_EQ(changes["results"].size(), 0U);
  EXPECT_EQ(changes["pending"], 0);
}

TEST_F(WorldTest, CutsALongpollWhenTheLineBreaks) {
  const auto waiting =
      start(loop, handler, {verb::get, "/shoppers/_changes?feed=longpoll&since=now", "", {}});
  run_for(20);
  const auto order = start(
      loop, handler,
      {verb::post, "/sim/outage", R"({"target":"feed","mode":"refuse","duration_ms":60000})", {}});
  run_for(1000);
  ASSERT_TRUE(waiting->has_value());
  EXPECT_TRUE(waiting->value().hang_up);
}

TEST_F(WorldTest, RemovesAShopperWithATombstone) {
  EXPECT_EQ(ask(loop, handler, {verb::delete_, "/sim/shoppers/S-3", "", {}}).status, 200U);
  EXPECT_EQ(ask(loop, handler, {verb::delete_, "/sim/shoppers/S-3", "", {}}).status, 404U);
  const auto changes = json::parse(get("/shoppers/_changes").body);
  EXPECT_EQ(changes["results"].back()["id"], "shopper:S-3");
  EXPECT_EQ(changes["results"].back()["deleted"], true);
}

TEST_F(WorldTest, RefusesBadFeedQueriesAsCouchDbDoes) {
  for (const auto* query : {"since=12", "feed=continuous", "limit=x", "timeout=x"}) {
    const auto answer = get(std::string("/shoppers/_changes?") + query);
    EXPECT_EQ(answer.status, 400U) << query;
    EXPECT_EQ(json::parse(answer.body)["error"], "bad_request");
  }
}

TEST_F(WorldTest, HangsUpWhileALineIsRefused) {
  outage("cloud", "refuse", 60'000);
  EXPECT_TRUE(deliver("k-1").hang_up);
  EXPECT_EQ(carts_delivered(), 0);
  outage("cloud", "refuse", 0);
  EXPECT_EQ(deliver("k-1").status, 201U);
}

TEST_F(WorldTest, Answers503WhileItIsTold) {
  outage("all", "http_503", 60'000);
  EXPECT_EQ(deliver("k-1").status, 503U);
  EXPECT_EQ(get("/shoppers/_changes").status, 503U);
  EXPECT_EQ(post("/v1/capture/charge", "{}").status, 503U);
  EXPECT_EQ(carts_delivered(), 0);
}

TEST_F(WorldTest, SwallowsRequestsUntilTheBlackholeEnds) {
  const auto begun_at = clock.steady();
  outage("cloud", "blackhole", 40);
  EXPECT_TRUE(deliver("k-1").hang_up);
  EXPECT_GE(clock.steady() - begun_at, std::chrono::milliseconds(40));
  EXPECT_EQ(carts_delivered(), 0);
}

TEST_F(WorldTest, LosesTheAnswerOfWhatHappened) {
  outage("cloud", "lost_answer", 60'000);
  EXPECT_TRUE(deliver("k-1").hang_up);
  EXPECT_EQ(carts_delivered(), 1);
}

TEST_F(WorldTest, DrawsTheFaultsItWasGiven) {
  ASSERT_EQ(post("/sim/faults", R"({"cloud":{"http_500_after":1}})").status, 200U);
  EXPECT_EQ(deliver("k-1").status, 500U);
  EXPECT_EQ(carts_delivered(), 1);
  ASSERT_EQ(post("/sim/faults", R"({"cloud":{"http_500_before":1}})").status, 200U);
  EXPECT_EQ(deliver("k-2").status, 500U);
  EXPECT_EQ(json::parse(get("/sim/effects?trip=t-1").body)["cart"]["effects"], 1);
}

TEST_F(WorldTest, ForgetsTripsOnOrder) {
  EXPECT_EQ(post("/sim/trips", R"({"unknown":["t-1"]})").status, 200U);
  EXPECT_EQ(post("/sim/trips", R"({"unknown":[1]})").status, 400U);
  const auto answer =
      ask(loop, handler,
          signed_post("/v1/cancel/charge", R"({"storeId":"STORE-001","shoppingTripId":"t-1"})",
                      options.signing, clock.wall()));
  EXPECT_EQ(answer.body, R"({"errorMsg":"UnknownShoppingTrip"})");
}

TEST_F(WorldTest, PlaysAScenarioByTripAndCall) {
  ASSERT_EQ(post("/sim/scenario", "[cloud.purchases]\nclosed_after = 1\n").status, 200U);
  EXPECT_TRUE(deliver("k-1").hang_up);
  EXPECT_EQ(carts_delivered(), 1);
  ASSERT_EQ(post("/sim/scenario", "[cloud.purchases]\nhtml = 1\nwrong_shape_effect = 0\n").status,
            200U);
  EXPECT_EQ(deliver("k-1").content_type, "text/html");
  const auto effects = json::parse(get("/sim/effects").body);
  EXPECT_EQ(effects["faults"]["purchases"], 2);
  EXPECT_EQ(effects["carts"]["t-1"]["deliveries"], 1);
  ASSERT_EQ(post("/sim/scenario", "").status, 200U);
  EXPECT_EQ(deliver("k-1").status, 201U);
  const auto refused = post("/sim/scenario", "[all]\nhtml = 2\n");
  EXPECT_EQ(refused.status, 400U);
  EXPECT_NE(refused.body.find("scenario:2: all.html"), std::string::npos) << refused.body;
}

TEST_F(WorldTest, IsSlowAndSilentAsTheScenarioSays) {
  ASSERT_EQ(post("/sim/scenario",
                 "[cloud.purchases]\nlatency_ms = 30\nsilent_after = 1\nsilence_ms = 30\n")
                .status,
            200U);
  const auto begun_at = clock.steady();
  EXPECT_TRUE(deliver("k-1").hang_up);
  EXPECT_GE(clock.steady() - begun_at, std::chrono::milliseconds(60));
  EXPECT_EQ(carts_delivered(), 1);
}

TEST_F(WorldTest, HasTheOutagesOfTheScenarioFromItsBeginning) {
  ASSERT_EQ(post("/sim/scenario",
                 "[[outage]]\nservice = \"cloud\"\nduration_ms = 60_000\nmode = \"http_503\"\n"
                 "[[outage]]\nservice = \"all\"\nstart_ms = 60_000\nduration_ms = 1\n")
                .status,
            200U);
  EXPECT_EQ(deliver("k-1").status, 503U);
  EXPECT_EQ(get("/shoppers/_changes").status, 200U);
}

TEST_F(WorldTest, ServesEveryServiceOfAmazonBehindItsGateway) {
  for (const auto* path : {"/v1/refund", "/v1/identity/shopper", "/v1/feedback/payment-status",
                           "/v1/checkout/carts"}) {
    EXPECT_EQ(post(path, "{}").status, 403U) << path;
    EXPECT_EQ(ask(loop, handler, signed_post(path, "{}", options.signing, clock.wall())).status,
              400U)
        << path;
  }
}

TEST_F(WorldTest, AnswersNoRefusedCallInTheShapeOfASuccess) {
  const auto cancel = R"({"storeId":"STORE-001","shoppingTripId":"t-1"})";
  for (const auto* shape : {"empty_body", "no_content", "truncated_json", "doubled_member"}) {
    ASSERT_EQ(post("/sim/scenario", std::string("[payments]\n") + shape + " = 1\n").status, 200U);
    EXPECT_EQ(post("/v1/cancel/charge", cancel).status, 403U) << shape << ": it is not signed";
  }
}

TEST_F(WorldTest, SaysSoWhereNothingIsServed) {
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(get("/v1/order/purchases").status, 405U);
  EXPECT_EQ(get("/nothing").status, 404U);
}

}  // namespace
}  // namespace gatehouse::simulator
