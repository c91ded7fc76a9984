// How long a connection is kept, and how long answers are handed out at a time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "tests/sync/transport/exchange.hpp"
#include "tests/sync/transport/moving_name.hpp"
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

TEST(CurlConnection, FollowsANameThatMovesThoughTheOldServerStillAnswers) {
  ::setenv("no_proxy", "*", 1);
  std::atomic<int> at_old = 0;
  std::atomic<int> at_new = 0;
  const auto counted = [](std::atomic<int>& requests) {
    return [&requests](RawConnection& connection) {
      while (!connection.read_request().empty()) {
        ++requests;
        connection.send(answer(200, ""));
      }
    };
  };
  const RawServer old_server(counted(at_old));
  const RawServer new_server(counted(at_new), old_server.port());
  const auto url = fmt::format("http://{}:{}/", MovingName::name, old_server.port());
  const auto transport = open_transport({.connection_life_max = 1s, .name_life_max = 1s});

  MovingName::address = "127.0.0.1";
  EXPECT_EQ(exchange(*transport, get(url)).status, 200);
  EXPECT_EQ(at_old, 1);
  MovingName::address = "127.0.0.2";
  const auto deadline = steady_clock::now() + 10s;
  while (at_new == 0 && steady_clock::now() < deadline) {
    EXPECT_EQ(exchange(*transport, get(url)).status, 200);
  }
  const int left_at_old = at_old;
  EXPECT_EQ(exchange(*transport, get(url)).status, 200);
  EXPECT_EQ(at_new, 2);
  EXPECT_EQ(at_old, left_at_old);
  EXPECT_EQ(CurlTransportOptions{}.name_life_max, 1min);
}

TEST(CurlAnswers, LeavesTheRestOfAnswersThatTakeLongToTheNextPoll) {
  const auto transport = open_transport();
  int answered = 0;
  const auto takes_long = [&answered](const Reply&) {
    const auto until = std::chrono::steady_clock::now() + 60ms;
    while (std::chrono::steady_clock::now() < until) continue;
    ++answered;
  };
  for (int i = 0; i < 3; ++i) transport->start(get("ftp://refused/"), takes_long);
  for (int polls = 1; polls <= 3; ++polls) {
    transport->poll(0ms);
    EXPECT_EQ(answered, polls);
  }
}

}  // namespace
}  // namespace gatehouse::sync
