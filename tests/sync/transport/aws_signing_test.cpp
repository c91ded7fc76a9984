// What libcurl signs, verified by botocore: Amazon's own implementation of Signature Version 4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/payments.hpp"
#include "sync/cloud/delivery_request.hpp"
#include "sync/feed/feed_course.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/transport/exchange.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto* access_key_id = "AKIDEXAMPLE";
constexpr auto* secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
// Real ones are this long, and hold these characters.
const std::string session_token =
    "IQoJb3JpZ2luX2VjE//////////wEaCXVz+LWVhc3Q==" + std::string(900, 'A');

class AwsSigningTest : public testing::TestWithParam<bool> {
 protected:
  AwsSigningTest() {
    std::vector<std::string> command{"/usr/bin/python3", TESTS_FOLDER "/botocore_verifier.py",
                                     access_key_id, secret_access_key};
    if (with_token()) command.push_back(session_token);
    verifier_.emplace(child::Options{command, {}, {}, {}});
    port_ = verifier_->wait_line("port ", 20s);
  }

  static bool with_token() { return GetParam(); }

  Request signed_post(std::string body, const std::string& path = "/v1/payments/capture") {
    auto request = post("http://127.0.0.1:" + port_ + path, std::move(body));
    request.headers = {{"Content-Type", "application/json"}};
    request.signing = AwsSigning{"eu-west-2", "execute-api", access_key_id, secret_access_key,
                                 with_token() ? session_token : ""};
    return request;
  }

  std::optional<child::Child> verifier_;
  std::string port_;
  std::unique_ptr<CurlTransport> transport_ = open_transport();
};

INSTANTIATE_TEST_SUITE_P(AwsSigning, AwsSigningTest, testing::Values(false, true),
                         [](const auto& tested) {
                           return tested.param ? "WithSessionToken" : "WithLongLivedKeys";
                         });

TEST_P(AwsSigningTest, IsWhatBotocoreComputes) {
  const auto reply = exchange(*transport_, signed_post(R"({"shoppingTripId":"t-1"})"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body, with_token() ? "eu-west-2/execute-api content-type;host;x-amz-date;"
                                       "x-amz-security-token"
                                     : "eu-west-2/execute-api content-type;host;x-amz-date");
}

TEST_P(AwsSigningTest, HoldsForOddBodiesPathsAndHeaders) {
  const std::string utf8 = "{\"name\":\"Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x9b\x92\"}";
  std::string binary(256, '\0');
  for (std::size_t i = 0; i < binary.size(); ++i) binary[i] = static_cast<char>(i);
  for (const auto& body : {std::string{}, std::string{"{}"}, utf8, binary, std::string("\r\n\r\n"),
                           std::string(2 * 1024 * 1024, 'x')}) {
    const auto reply = exchange(*transport_, signed_post(body));
    EXPECT_EQ(reply.status, 200) << body.size() << " bytes: " << reply.body << reply.error;
  }
  for (const auto* path : {"", "/", "/v1", "/v1/checkout/carts", "/a-b_c.d~e/F9/"}) {
    const auto reply = exchange(*transport_, signed_post("{}", path));
    EXPECT_EQ(reply.status, 200) << path << ": " << reply.body << reply.error;
  }
  auto request = signed_post("{}");
  request.headers.emplace_back("Idempotency-Key", "trip-1   two  blanks");
  request.headers.emplace_back("x-lower", "v");
  EXPECT_EQ(exchange(*transport_, request).status, 200);
}

TEST_P(AwsSigningTest, HoldsForEveryRequestOnReusedHandlesAndConnections) {
  for (int i = 0; i < 20; ++i) {
    const auto reply = exchange(
        *transport_, signed_post(std::string(static_cast<std::size_t>(i), 'x'),
                                 i % 2 == 0 ? "/v1/payments/adjust" : "/v1/payments/capture"));
    ASSERT_EQ(reply.status, 200) << i << ": " << reply.body;
    // A signed request's handle must leave nothing behind for an unsigned one.
    auto bare = signed_post("x");
    bare.signing.reset();
    const auto refused = exchange(*transport_, bare);
    ASSERT_EQ(refused.status, 403);
    ASSERT_EQ(refused.body, "Missing Authentication Token");
  }
  int valid = 0;
  for (int i = 0; i < 16; ++i) {
    transport_->start(signed_post("{\"n\":" + std::to_string(i) + "}"),
                      [&valid](const Reply& reply) { valid += reply.status == 200; });
  }
  EXPECT_TRUE(poll_until(*transport_, [&valid] { return valid == 16; }));
}

TEST_P(AwsSigningTest, HoldsForTheRequestOfEveryCallToAmazon) {
  const std::string base = "http://127.0.0.1:" + port_;
  const JwoOptions jwo{.settlement = SettlementMode::payment,
                       .payments_url = base,
                       .checkout_url = base,
                       .feedback_url = base,
                       .region = "eu-west-1"};
  const AwsCredentials keys{access_key_id, secret_access_key, with_token() ? session_token : ""};
  store::Settlement settlement;
  settlement.trip_id = "trip-1";
  settlement.amount = Money{1599, "USD"};
  for (const auto call : {Call::adjust, Call::capture, Call::cancel, Call::transactional_data,
                          Call::checkout, Call::shopper_identity}) {
    const auto reply = exchange(
        *transport_, payment_request(jwo, keys, "STORE-001", settlement, call, "{\"cart\":1}"));
    EXPECT_EQ(reply.status, 200) << to_text(call) << ": " << reply.body;
  }
  const AmazonLane lane(jwo, keys);
  for (const auto kind : {store::DeliveryKind::refund, store::DeliveryKind::payment_status}) {
    store::Delivery delivery;
    delivery.kind = kind;
    delivery.payload = R"({"storeId":"STORE-001"})";
    const auto reply = exchange(*transport_, lane.request(delivery));
    EXPECT_EQ(reply.status, 200) << store::to_text(kind) << ": " << reply.body;
  }
}

TEST_P(AwsSigningTest, HoldsForEveryQueryOfTheFeed) {
  FeedOptions options;
  options.url = "http://127.0.0.1:" + port_ + "/prod/shoppers";
  std::string letters;  // U+0001 to U+00BF
  for (int i = 1; i < 0x80; ++i) letters += static_cast<char>(i);
  for (int i = 0x80; i < 0xc0; ++i) letters += {'\xc2', static_cast<char>(i)};
  for (const auto& cursor :
       {std::string{}, std::string{"42"}, std::string{"77-g1AAAACbeJzLYWBg_-.~YMpgTmHgz8+/=="},
        std::string{"[5,\"a b+c/d=e&f%20g?h#i\"]"}, std::string{"Zo\xc3\xab \xe2\x82\xac"}, letters,
        std::string(4096, '/')}) {
    for (const auto mode : {FeedMode::catch_up, FeedMode::wait, FeedMode::peek}) {
      auto request = get(changes_url(options, mode, cursor, 1000));
      request.headers = {{"Accept", "application/json"}};
      request.signing = signed_post("").signing;
      const auto reply = exchange(*transport_, std::move(request));
      EXPECT_EQ(reply.status, 200) << cursor << ": " << reply.body << reply.error;
    }
  }
}

TEST_P(AwsSigningTest, HoldsForTheRequestOfEveryRecordToTheCloud) {
  CloudOptions cloud;
  cloud.url = "http://127.0.0.1:" + port_ + "/prod";
  cloud.signing = signed_post("").signing;
  for (const auto kind : {store::DeliveryKind::cart, store::DeliveryKind::refused_cart,
                          store::DeliveryKind::payment_record, store::DeliveryKind::open_question,
                          store::DeliveryKind::refund_record}) {
    store::Delivery delivery;
    delivery.id = 42;
    delivery.kind = kind;
    delivery.trip_id = "trip-1";
    delivery.purchase_id = "purchase-1";
    delivery.idempotency_key = "trip-1:payment:1a2b3c4d.1:2";
    delivery.payload = "{\"any\":  \"bytes\"\n}";
    delivery.ledger = "5f2b1c6e-0000-4000-8000-000000000000.1";
    delivery.refused_reason = "payloadType  has another value (PALM);   expected \"A\", 'B'  ";
    const auto reply = exchange(*transport_, delivery_request(cloud, "STORE-001", delivery));
    EXPECT_EQ(reply.status, 200) << store::to_text(kind) << ": " << reply.body << reply.error;
    EXPECT_THAT(reply.body, HasSubstr("idempotency-key"));
  }
}

TEST_P(AwsSigningTest, IsNotTriedForAQueryThatLibcurlWouldSignAsItStands) {
  for (const auto* query : {"b=1&a=2", "a=x/y", "a=x:y", "a"}) {
    auto request = get("http://127.0.0.1:" + port_ + "/x?" + query);
    request.signing = signed_post("").signing;
    EXPECT_THAT(exchange(*transport_, request).error, HasSubstr("a signed URL's query")) << query;
  }
}

TEST_P(AwsSigningTest, IsRefusedForAWrongSecret) {
  auto request = signed_post("{}");
  request.signing->secret_access_key += "x";
  const auto reply = exchange(*transport_, request);
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("signature we calculated does not match"));
}

TEST_P(AwsSigningTest, IsRefusedForAnotherKeyOrToken) {
  auto request = signed_post("{}");
  request.signing->access_key_id = "AKIDOTHER";
  EXPECT_EQ(exchange(*transport_, request).status, 403);
  if (!with_token()) return;
  request = signed_post("{}");
  request.signing->session_token = "another";
  EXPECT_EQ(exchange(*transport_, request).status, 403);
  request.signing->session_token.clear();
  EXPECT_EQ(exchange(*transport_, request).status, 403);
}

}  // namespace
}  // namespace gatehouse::sync
