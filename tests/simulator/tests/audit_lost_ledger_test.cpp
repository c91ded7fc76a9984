#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/audit.hpp"

namespace gatehouse::simulator {
namespace {

using testing::ElementsAre;

TEST(AuditOfALostLedger, AsksItAboutNoTripThatItHasLost) {
  const std::vector<TripReport> trips{
      {.trip_id = "app", .acknowledged = true, .purchase_id = "P-1", .sent_sha256 = {"a"}}};
  const auto effects = nlohmann::json::parse(
      R"({"carts": {"app": {"effects":1, "purchase_id":"P-1", "sha256":"a"}}})");
  const Beliefs beliefs;
  AuditOptions options{.beliefs = &beliefs};
  EXPECT_THAT(audit(trips, effects, options).differences,
              ElementsAre(Difference{"app", "acknowledged, and not in the ledger"}));
  options.forgotten = {"app"};
  const auto result = audit(trips, effects, options);
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.delivered, 1U);
}

TEST(AuditOfALostLedger, CountsTheRecordsThatEachOfThemToldOf) {
  const std::vector<TripReport> trips{{.trip_id = "card",
                                       .card_entry = true,
                                       .acknowledged = true,
                                       .purchase_id = "P-1",
                                       .charge_minor = 1599,
                                       .sent_sha256 = {"a"}}};
  auto effects = nlohmann::json::parse(R"({
    "carts": {"card": {"effects":1, "purchase_id":"P-1", "sha256":"a"}},
    "payments": {"card": {"captures":1, "captured_minor":1599, "currency":"USD", "declined":false}},
    "records": {"card": {"effects":4, "revision":2, "told":4, "tellers":2, "status":"CAPTURED"}}})");
  EXPECT_TRUE(audit(trips, effects).clean()) << audit(trips, effects).table();
  effects["records"]["card"]["effects"] = 3;
  EXPECT_THAT(audit(trips, effects).differences,
              ElementsAre(Difference{"card", "3 payment records, expected 4"}));
}

}  // namespace
}  // namespace gatehouse::simulator
