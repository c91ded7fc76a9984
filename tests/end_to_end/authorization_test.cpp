// Case 7a.15 of Amazon's pages, Server Error and Retry (500/503), with the 503 of a full gate.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>

#include "daemon/selftest/case.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using boost::asio::ip::tcp;

/// A low risk, as Amazon recommends it (7a.1).
std::string authorization() {
  selftest::Setup setup;
  setup.store_id = "STORE-001";
  setup.run = "0123456789ab";
  const auto cases = selftest::fraud_cases(setup);
  return cases.front().steps.front().body;
}

TEST(Authorization, C7a_15_IsRefusedWith503WhereThereIsNoRoomAndAnsweredWhenRepeated) {
  BoxOptions options;
  options.environment["GATEHOUSE_GATE_MAX_CONNECTIONS"] = "1";
  Box box(options);
  box.start();
  const auto ask = [&] {
    return post(box.gate_port(), "/v1/fraudandabuse/shopperauthorization", authorization());
  };
  boost::asio::io_context loop(1);
  std::optional<tcp::socket> other(loop);
  other->connect({boost::asio::ip::address_v4::loopback(), box.gate_port()});
  ASSERT_TRUE(eventually([&] { return ask().status == 503; }, 10s));
  other.reset();
  Reply repeated;
  ASSERT_TRUE(eventually([&] { return (repeated = ask()).status == 200; }, 10s));
  EXPECT_THAT(repeated.body, testing::HasSubstr(R"("shopperAuthorized":true)"));
}

}  // namespace
}  // namespace gatehouse::end_to_end
