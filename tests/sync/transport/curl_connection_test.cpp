// How long a connection is kept.
#include <gtest/gtest.h>

#include "tests/sync/transport/exchange.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(CurlConnection, LeavesAConnectionAfterItsLifeHoweverBusyItIs) {
  RawServer server([](RawConnection& connection) {
    while (!connection.read_request().empty()) connection.send(answer(200, ""));
  });
  const auto transport = open_transport({.connection_life_max = 1s});
  const auto deadline = steady_clock::now() + 10s;
  int requests = 0;
  while (server.connections() < 2 && steady_clock::now() < deadline) {
    EXPECT_EQ(exchange(*transport, get(server.url())).status, 200);
    ++requests;
  }
  EXPECT_EQ(server.connections(), 2);
  EXPECT_GT(requests, 2) << "it is kept until then";
  EXPECT_EQ(CurlTransportOptions{}.connection_life_max, 5min);
}

}  // namespace
}  // namespace gatehouse::sync
