#include "sync/cloud/delivery_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(request.headers,
              testing::UnorderedElementsAre(
                  Pair("Content-Type", "application/json"), Pair("Idempotency-Key", "trip-1:cart"),
                  Pair("Gatehouse-Store", "STORE-001"), Pair("Gatehouse-Sequence", "42"),
                  Pair("Gatehouse-Received-At", "2025-05-02T00:05:18.007Z"),
                  Pair("Gatehouse-Purchase-Id", "purchase-1")));
}

TEST(DeliveryRequest, WaitsLongerThanApiGatewayForItsServiceUnlessToldOtherwise) {
  auto first = cart();
  EXPECT_GT(delivery_request(cloud(), "STORE-001", first).timeout, std::chrono::seconds(29));
  auto options = cloud();
  options.timeout = milliseconds{1'234};
  auto second = cart();
  EXPECT_EQ(delivery_request(options, "STORE-001", second).timeout, milliseconds{1'234});
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

TEST(ChargeInAnAnswer, IsRejectedWhereItCannotBeMeant) {
  for (const auto* body : {R"({"charge":{}})", R"({"charge":{"amount":"x","code":"USD"}})",
                           R"({"charge":{"amount":-1,"code":"USD"}})"}) {
    EXPECT_FALSE(charge_in(body)) << body;
  }
}

}  // namespace
}  // namespace gatehouse::sync
