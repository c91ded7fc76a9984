// One line a call, and never what may not be in a log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

GateOptions logging(std::size_t per_second = 50) {
  GateOptions options = RunningGate::default_options();
  options.log_calls_per_second = per_second;
  options.bearer_token = {};
  return options;
}

std::ptrdiff_t lines_with(const std::string& log, std::string_view text) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
    ++count;
  }
  return count;
}

TEST(InteractionLog, HasALineForEveryCall) {
  RunningGate gate(logging());
  (void)gate.scan(sample_scan());
  (void)gate.send_cart(sample_cart());
  (void)gate.post("/v1/identity/identity-keys", sample_identity());
  json bad = sample_scan();
  bad["scanEvent"].erase("id");
  bad["scanEvent"].erase("value");
  (void)gate.scan(bad);
  (void)gate.post("/nowhere", json::object());
  const std::string log = gate.log();
  constexpr auto request = "requestId=a1b2c3d4-e5f6-7890-abcd-ef1234567890";
  EXPECT_EQ(lines_with(log, request), 4) << log;
  EXPECT_THAT(log, ContainsRegex("call route=/v1/identity/scan requestId=[-0-9a-f]+ tripId=- "
                                 "status=200 durationMs=[0-9]+.[0-9]+ reason=\"unknown\""));
  EXPECT_THAT(log, ContainsRegex("call route=/v1/order/purchases requestId=[-0-9a-f]+ "
                                 "tripId=11111111-2222-3333-4444-555555555555 status=201 "
                                 "durationMs=[0-9]+.[0-9]+ reason=\"recorded\""));
  EXPECT_THAT(log, HasSubstr("route=/v1/identity/identity-keys"));
  EXPECT_THAT(log, ContainsRegex("status=400 .*reason=\"scanEvent.id is missing, and so is value"));
  EXPECT_THAT(log, HasSubstr("call route=- requestId=- tripId=- status=404"));
}

TEST(InteractionLog, TellsNeitherKeysNorWhatIsNoIdAtAll) {
  RunningGate gate(logging());
  json cart = sample_cart();
  cart["requestId"] = "4111111111111111";
  cart["idempotentShoppingTripId"] = "trip\n\"1\"" + std::string(200, 'x');
  (void)gate.send_cart(cart);
  gate.put("1111-2222-3333-4444-5555-6666", "S-1001", store::Role::shopper, store::Status::active);
  (void)gate.scan(sample_scan());
  const std::string log = gate.log();
  EXPECT_THAT(log, Not(HasSubstr("4111")));
  EXPECT_THAT(log, Not(HasSubstr("1111-2222")));
  EXPECT_THAT(log, Not(HasSubstr("S-1001")));
  EXPECT_THAT(log, Not(HasSubstr("SKU-001")));
  EXPECT_THAT(log, HasSubstr("tripId=trip\\x0a\\x221\\x22xxx"));
  EXPECT_THAT(log, HasSubstr("x... status=400"));
}

TEST(InteractionLog, LeavesOutWhatIsTooMuchAndCountsIt) {
  RunningGate gate(logging(3));
  Caller caller = gate.connect();
  for (int call = 0; call < 200; ++call) {
    caller.send(post_request("/v1/identity/scan", sample_scan().dump()));
    (void)caller.hear();
  }
  const auto scans = lines_with(gate.log(), "call route=/v1/identity/scan");
  EXPECT_GE(scans, 3);
  EXPECT_LT(scans, 100);
  (void)gate.scan(json::object());
  EXPECT_THAT(gate.log(), HasSubstr("status=400")) << "a rush hides no refusal";
  gate.clock().move(std::chrono::seconds{2});
  (void)gate.scan(sample_scan());
  EXPECT_THAT(gate.log(), HasSubstr("more like this were not logged"));
}

TEST(InteractionLog, IsSwitchedOffByZero) {
  RunningGate gate(logging(0));
  (void)gate.scan(sample_scan());
  EXPECT_EQ(gate.log(), "");
  gate.reload(logging(1));
  (void)gate.scan(sample_scan());
  EXPECT_EQ(lines_with(gate.log(), "call route="), 1);
}

}  // namespace
}  // namespace gatehouse::gate
