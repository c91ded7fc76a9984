#include "tests/simulator/shop/report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gatehouse::simulator {
namespace {

using std::chrono::nanoseconds;

TEST(Report, IsReadBackAsItWasWritten) {
  ShopReport report;
  report.trips = {{.trip_id = "a",
                   .card_entry = true,
                   .acknowledged = true,
                   .purchase_id = "P-1",
                   .charge_minor = 1599,
                   .shopper_identity = "I-1",
                   .sent_sha256 = {"x", "y"}},
                  {.trip_id = "b", .empty = true, .acknowledged = true},
                  {.trip_id = "c", .sent_sha256 = {"z"}, .reason = "503 busy"}};
  const auto read = read_trips(report.to_json());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, report.trips);
  EXPECT_EQ(report.to_json()["carts"]["acknowledged"], 2);
  EXPECT_EQ(report.to_json()["carts"]["unacknowledged"], 1);
}

TEST(Report, ThatIsNoneIsRefused) {
  for (const auto* text : {"[]", "{}", R"({"acknowledged":[{}],"unacknowledged":[]})"}) {
    EXPECT_FALSE(read_trips(nlohmann::ordered_json::parse(text))) << text;
  }
}

TEST(Latencies, GiveThePercentileThatTheNameSays) {
  Latencies latencies;
  EXPECT_EQ(latencies.percentile(0.5), nanoseconds(0));
  for (int i = 1000; i >= 1; --i) latencies.add(nanoseconds(i));
  EXPECT_EQ(latencies.percentile(0.5), nanoseconds(500));
  EXPECT_EQ(latencies.percentile(0.99), nanoseconds(990));
  EXPECT_EQ(latencies.percentile(0.999), nanoseconds(999));
  EXPECT_EQ(latencies.percentile(1), nanoseconds(1000));
  EXPECT_EQ(latencies.percentile(0), nanoseconds(1));
}

}  // namespace
}  // namespace gatehouse::simulator
