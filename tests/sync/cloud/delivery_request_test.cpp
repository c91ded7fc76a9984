#include "sync/cloud/delivery_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/gate/request/document.hpp"

namespace gatehouse::sync {
namespace {

using testing::Contains;
using testing::Pair;

store::Delivery cart() {
  store::Delivery delivery;
  delivery.id = 42;
  delivery.trip_id = "trip-1";
  delivery.purchase_id = "purchase-1";
  delivery.idempotency_key = "trip-1:cart";
  delivery.payload = "{ \"any\" : \"bytes\"\n}";
  delivery.created_at = from_unix_ms(1'746'144'318'007);
  delivery.ledger = "an-id.2";
  return delivery;
}

CloudOptions cloud() {
  CloudOptions options;
  options.url = "https://cloud.test/base/";
  options.login.bearer = "token";
  return options;
}

TEST(DeliveryRequest, CarriesTheCartUnchangedWithItsHeaders) {
  auto sent = cart();
  const auto request = delivery_request(cloud(), "STORE-001", sent);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://cloud.test/base/v1/order/purchases");
  EXPECT_EQ(request.body, cart().payload);
  EXPECT_EQ(request.login.bearer, "token");
  EXPECT_THAT(
      request.headers,
      testing::UnorderedElementsAre(
          Pair("Content-Type", "application/json"), Pair("Idempotency-Key", "trip-1:cart"),
          Pair("Gatehouse-Store", "STORE-001"), Pair("Gatehouse-Sequence", "42"),
          Pair("Gatehouse-Received-At", "2025-05-02T00:05:18.007Z"),
          Pair("Gatehouse-Ledger", "an-id.2"), Pair("Gatehouse-Purchase-Id", "purchase-1")));
}

TEST(DeliveryRequest, WaitsLongerThanApiGatewayForItsServiceUnlessToldOtherwise) {
  auto first = cart();
  EXPECT_GT(delivery_request(cloud(), "STORE-001", first).timeout, std::chrono::seconds(29));
  auto options = cloud();
  options.timeout = milliseconds{1'234};
  auto second = cart();
  EXPECT_EQ(delivery_request(options, "STORE-001", second).timeout, milliseconds{1'234});
}

TEST(DeliveryRequest, SaysOfARefusedCartThatItIsOneAndWhy) {
  auto refused = cart();
  refused.kind = store::DeliveryKind::refused_cart;
  refused.purchase_id.clear();
  refused.idempotency_key = "refused-cart:00ff:refused";
  refused.refused_reason = "payloadType has another value (PALM);\r\nX: \xc3\xa9";
  auto without_reason = refused;
  without_reason.refused_reason.clear();
  const auto request = delivery_request(cloud(), "STORE-001", refused);
  EXPECT_EQ(request.url, "https://cloud.test/base/v1/order/purchases");
  EXPECT_EQ(request.body, cart().payload);
  EXPECT_THAT(request.headers, Contains(Pair("Gatehouse-Refused",
                                             "payloadType has another value (PALM);\?\?X: \?\?")));
  EXPECT_THAT(delivery_request(cloud(), "STORE-001", without_reason).headers,
              Contains(Pair("Gatehouse-Refused", "400")));
}

TEST(DeliveryRequest, LeavesOutThePurchaseIdOfAnEmptyCart) {
  auto empty = cart();
  empty.purchase_id.clear();
  const auto request = delivery_request(cloud(), "STORE-001", empty);
  EXPECT_THAT(request.headers, testing::Not(Contains(Pair("Gatehouse-Purchase-Id", testing::_))));
}

TEST(DeliveryRequest, SendsPaymentRecordsToTheirOwnPath) {
  auto record = cart();
  record.kind = store::DeliveryKind::payment_record;
  const auto request = delivery_request(cloud(), "STORE-001", record);
  EXPECT_EQ(request.url, "https://cloud.test/base/v1/payments/records");
  EXPECT_THAT(request.headers, testing::Not(Contains(Pair("Gatehouse-Purchase-Id", testing::_))));
}

TEST(ChargeInAnAnswer, IsReadExactly) {
  const auto charge = charge_in(R"({"purchaseId":"p","charge":{"amount":15.99,"code":"USD"}})");
  ASSERT_TRUE(charge);
  EXPECT_EQ(**charge, (Money{1599, "USD"}));
}

TEST(ChargeInAnAnswer, MayBeMissing) {
  for (const auto* body : {"", "{}", "OK", "<html>", R"({"purchaseId":"p"})", R"({"charge":null})",
                           R"({"checkoutCart":{"lineItems":[]}})", "[1]"}) {
    const auto charge = charge_in(body);
    ASSERT_TRUE(charge) << body;
    EXPECT_FALSE(*charge) << body;
  }
}

TEST(ChargeInAnAnswer, IsThatOfItsPathWhateverOtherMembersAreCalled) {
  for (
      const auto* body :
      {R"({"charge":{"amount":"1.00","code":"USD"},"charge.amount":"900.00"})",
       R"({"charge.amount":"900.00","charge.code":"EUR","charge":{"amount":"1.00","code":"USD"}})"}) {
    EXPECT_EQ(charge_in(body).value(), (Money{100, "USD"})) << body;
  }
  EXPECT_EQ(charge_in(R"({"charge.amount":"900.00","charge.code":"USD"})").value(), std::nullopt);
}

TEST(ChargeInAnAnswer, IsFoundBehindTheLinesOfALargeCart) {
  std::string body = R"({"cart":{"lines":[)";
  while (body.size() < 1024 * 1024) body += R"({"sku":"1","quantity":1},)";
  body += R"({}]},"sums":{)";
  for (int i = 0; i < 5'000; ++i) body += "\"line " + std::to_string(i) + R"(":{"price":"1.00"},)";
  body += R"("all":1},"charge":{"amount":"15.99","code":"USD"}})";
  EXPECT_EQ(charge_in(body).value(), (Money{1599, "USD"}));
  auto sent = cart();
  EXPECT_GE(delivery_request(cloud(), "STORE-001", sent).answer_max_bytes, body.size());
}

TEST(ChargeInAnAnswer, IsFoundBesideTheDeepestCartThatTheGateTakes) {
  std::string cart_text = "1";
  for (std::size_t i = 0; i < gate::json_depth_max; ++i) cart_text = R"({"a":)" + cart_text + '}';
  const auto body = R"({"data":{"records":[{"cart":)" + cart_text +
                    R"(}]},"charge":{"amount":"15.99","code":"USD"}})";
  EXPECT_EQ(charge_in(body).value(), (Money{1599, "USD"}));
}

TEST(ChargeInAnAnswer, MayBeAnyExactNumber) {
  EXPECT_EQ(charge_in(R"({"charge":{"amount":1E+2,"code":"USD"}})").value(),
            (Money{10'000, "USD"}));
}

TEST(ChargeInAnAnswer, IsFreeOnlyWhereItSaysSo) {
  for (const auto* body : {R"({"charge":{"amount":"0","code":"USD"},"free":true})",
                           R"({"charge":{"amount":0,"code":"USD","free":true}})"}) {
    EXPECT_TRUE(says_free(body)) << body;
  }
  for (const auto* body :
       {R"({"charge":{"amount":"0","code":"USD"}})", R"({"free":false})", R"({"free":"true"})",
        R"({"free":1})", R"({"charge.free":true})", R"({"free":true,"free":true})", "", "[]"}) {
    EXPECT_FALSE(says_free(body)) << body;
  }
}

TEST(ChargeInAnAnswer, IsRejectedWhereItCannotBeMeant) {
  for (const auto* body :
       {R"({"charge":{}})", R"({"charge":{"amount":"x","code":"USD"}})", R"({"charge":15.99})",
        R"({"charge":"15.99"})", R"({"charge":[]})", R"({"charge":{"amount":"9,99","code":"USD"}})",
        R"({"charge":{"amount":"9.99"}})", R"({"charge":{"amount":-1,"code":"USD"}})"}) {
    EXPECT_FALSE(charge_in(body)) << body;
  }
}

}  // namespace
}  // namespace gatehouse::sync
