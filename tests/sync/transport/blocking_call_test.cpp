#include "sync/transport/blocking_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sync/transport/exchange.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Answers every request with itself.
void echo(RawConnection& connection) {
  for (std::string request; !(request = connection.read_request()).empty();) {
    connection.send(answer(200, request));
  }
}

TEST(BlockingCall, SendsTheRequestAndGivesTheAnswer) {
  const RawServer server(echo);
  auto request = post(server.url("/a"), R"({"b":1})");
  request.headers = {{"Content-Type", "application/json"}};
  request.login.bearer = "token-1";
  const auto result = blocking_call({.request = request});
  EXPECT_EQ(result.failure, CallFailure::none) << result.reply.error;
  EXPECT_EQ(result.reply.sent, Sent::answered);
  EXPECT_EQ(result.reply.status, 200);
  EXPECT_THAT(result.reply.body,
              AllOf(StartsWith("POST /a HTTP/1.1\r\n"), HasSubstr("Authorization: Bearer token-1"),
                    HasSubstr("Content-Type: application/json\r\n"), EndsWith(R"({"b":1})")));
}

TEST(BlockingCall, SendsThePathAsItIs) {
  const RawServer server(echo);
  const auto result = blocking_call({.request = get(server.url("/trips/../a%2Fb"))});
  EXPECT_THAT(result.reply.body, StartsWith("GET /trips/../a%2Fb HTTP/1.1\r\n"));
}

TEST(BlockingCall, UsesNoProxyOfTheEnvironment) {
  const RawServer server(echo);
  ::setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(closed_port())).c_str(), 1);
  const auto result = blocking_call({.request = get(server.url())});
  ::unsetenv("http_proxy");
  EXPECT_EQ(result.failure, CallFailure::none) << result.reply.error;
}

TEST(BlockingCall, SaysWhyItDidNotConnect) {
  const auto url = "http://127.0.0.1:" + std::to_string(closed_port());
  const auto refused = blocking_call({.request = get(url)});
  EXPECT_EQ(refused.failure, CallFailure::other);
  EXPECT_EQ(refused.reply.sent, Sent::no);
  EXPECT_EQ(refused.reply.error, "Connection refused");
  const auto nowhere = blocking_call({.request = get("http://a"), .unix_socket = "/nowhere/a"});
  EXPECT_EQ(nowhere.failure, CallFailure::other);
  EXPECT_EQ(nowhere.reply.error, "No such file or directory");
}

TEST(BlockingCall, GivesUpAtItsTimeout) {
  const FullListener full;
  auto request = get("http://127.0.0.1:" + std::to_string(full.port()));
  request.timeout = 50ms;
  const auto not_connected = blocking_call({.request = request});
  EXPECT_EQ(not_connected.failure, CallFailure::timed_out);
  EXPECT_EQ(not_connected.reply.sent, Sent::no);

  const RawServer silent([](RawConnection& connection) { connection.wait_closed(); });
  request.url = silent.url();
  const auto not_answered = blocking_call({.request = request});
  EXPECT_EQ(not_answered.failure, CallFailure::timed_out);
  EXPECT_EQ(not_answered.reply.sent, Sent::maybe);
}

TEST(BlockingCall, TakesNoAnswerThatIsTooLongOrBreaksOff) {
  const RawServer server(echo);
  auto request = get(server.url());
  request.answer_max_bytes = 10;
  const auto too_long = blocking_call({.request = request});
  EXPECT_EQ(too_long.failure, CallFailure::other);
  EXPECT_EQ(too_long.reply.error, "the answer is longer than 10 bytes");
  EXPECT_EQ(too_long.reply.body, "");

  const RawServer breaking([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal");
    connection.reset();
  });
  const auto broken = blocking_call({.request = get(breaking.url())});
  EXPECT_EQ(broken.failure, CallFailure::other);
  EXPECT_EQ(broken.reply.sent, Sent::maybe);
}

TEST(BlockingCall, DoesNotSendARequestThatBreaksTheContract) {
  auto request = get("http://127.0.0.1:1");
  request.method = "PUT";
  const auto result = blocking_call({.request = request});
  EXPECT_EQ(result.failure, CallFailure::other);
  EXPECT_EQ(result.reply.sent, Sent::no);
  EXPECT_EQ(result.reply.error, "method PUT is neither GET nor POST");
}

}  // namespace
}  // namespace gatehouse::sync
