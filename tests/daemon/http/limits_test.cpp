#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

using std::chrono::milliseconds;

const std::string post = "POST / HTTP/1.1\r\nHost: gate\r\n";
const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";

std::string refused(const std::string& status, const std::string& message) {
  const std::string body = R"({"errorMsg":")" + message + R"("})";
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

const std::string body_too_large =
    refused("413 Payload Too Large", "the body is larger than 10 bytes");
const std::string header_too_large =
    refused("431 Request Header Fields Too Large", "the header is larger than 1024 bytes");

TEST(Limits, RefuseABodyByItsAnnouncedLengthWithoutWaitingForIt) {
  RunningServer server({.body_max_bytes = 10});
  RawClient client(server.port());
  client.send(post + "Content-Length: 11\r\n\r\n");
  EXPECT_EQ(client.receive_all(), body_too_large);
  EXPECT_EQ(server.count(ServerEvent::body_too_large), 1);
}

TEST(Limits, LetTheAnswerReachAClientThatSendsItsLargeBodyAnyway) {
  RunningServer server({.body_max_bytes = 10});
  RawClient client(server.port());
  client.send(post + "Content-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), body_too_large);
}

TEST(Limits, RefuseALargeBodyBeforeItIsAskedFor) {
  RunningServer server({.body_max_bytes = 10});
  RawClient client(server.port());
  client.send(post + "Expect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(client.receive_all(), body_too_large);
}

TEST(Limits, CountTheBytesOfAllChunks) {
  RunningServer server({.body_max_bytes = 10});
  RawClient client(server.port());
  const std::string header = post + "Transfer-Encoding: chunked\r\n\r\n";
  client.send(header + "5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n");
  EXPECT_TRUE(client.receive_answer().ends_with("POST / abcdeabcde"));
  client.send(header + "5\r\nabcde\r\n5\r\nabcde\r\n1\r\na\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive_all(), body_too_large);
}

TEST(Limits, RefuseAHeaderOfOneLongLine) {
  RunningServer server({.header_max_bytes = 1024});
  RawClient client(server.port());
  client.send(post + "X-Long: " + std::string(1024, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.receive_all(), header_too_large);
  EXPECT_EQ(server.count(ServerEvent::header_too_large), 1);
}

TEST(Limits, RefuseAHeaderOfMoreLinesThanProxiesAdd) {
  RunningServer server;
  const auto with_lines = [](int count) {
    std::string request = post + "Content-Length: 0\r\n";
    for (int i = 2; i < count; ++i) request += "a:\r\n";
    return request + "\r\n";
  };
  RawClient client(server.port());
  client.send(with_lines(200));
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  client.send(with_lines(201));
  EXPECT_EQ(client.receive_all(),
            refused("431 Request Header Fields Too Large", "the header has more than 200 lines"));
}

TEST(Limits, RefuseAHeaderOfManyShortLines) {
  RunningServer server({.header_max_bytes = 1024});
  RawClient client(server.port());
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  client.send(post + lines + "\r\n");
  EXPECT_EQ(client.receive_all(), header_too_large);
}

TEST(Limits, RefuseAHeaderThatNeverEnds) {
  RunningServer server({.header_max_bytes = 1024});
  RawClient client(server.port());
  client.send(post);
  const std::string line = "X-Again: and again\r\n";
  for (std::size_t sent = post.size(); sent < 1100; sent += line.size()) {
    client.send(line);
    if (client.readable_within(milliseconds(1))) break;
  }
  EXPECT_EQ(client.receive_all(), header_too_large);
}

TEST(Limits, RefuseALongTarget) {
  RunningServer server({.header_max_bytes = 1024});
  RawClient client(server.port());
  client.send("GET /" + std::string(2000, 'x') + " HTTP/1.1\r\nHost: gate\r\n\r\n");
  EXPECT_EQ(client.receive_all(), header_too_large);
}

TEST(Limits, TakeAHeaderOfExactlyTheLimit) {
  RunningServer server({.header_max_bytes = 1024});
  RawClient client(server.port());
  const std::string frame = post + "X-Fill: \r\n\r\n";
  const std::string header = post + "X-Fill: " + std::string(1024 - frame.size(), 'x') + "\r\n\r\n";
  client.send(header);
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  client.send(header.substr(0, header.size() - 4) + "x\r\n\r\n");
  EXPECT_EQ(client.receive_all(), header_too_large);
}

TEST(Limits, RefuseAnEndlessChunkLineAndTrailer) {
  RunningServer server({.header_max_bytes = 1024});
  const std::string header = post + "Transfer-Encoding: chunked\r\n\r\n";
  RawClient extension(server.port());
  extension.send(header + "1;" + std::string(8000, 'x'));
  EXPECT_EQ(extension.receive_all(), header_too_large);
  RawClient trailer(server.port());
  trailer.send(header + "0\r\nX-Trailer: " + std::string(8000, 'x'));
  EXPECT_EQ(trailer.receive_all(), header_too_large);
}

TEST(Limits, EndARequestThatTakesTooLongHoweverOftenItsBytesCome) {
  RunningServer server({.request_max = milliseconds(100)});
  RawClient client(server.port());
  client.send("POST /");
  while (!client.readable_within(milliseconds(5))) client.send("x");
  EXPECT_EQ(client.receive_all(),
            refused("408 Request Timeout", "the request was not complete within 100 ms"));
  EXPECT_EQ(server.count(ServerEvent::request_timed_out), 1);
}

TEST(Limits, EndABodyThatDoesNotCome) {
  RunningServer server({.request_max = milliseconds(50)});
  RawClient client(server.port());
  client.send(post + "Content-Length: 10\r\n\r\nhalf");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST(Limits, CountTheTimeOfEachRequestAnew) {
  RunningServer server({.request_max = milliseconds(400)});
  RawClient client(server.port());
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < milliseconds(900)) {
    client.send("GET / HTTP/1.1\r\n");
    EXPECT_FALSE(client.readable_within(milliseconds(50)));
    client.send("Host: gate\r\n\r\n");
    ASSERT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  }
}

TEST(Limits, CloseAnIdleConnectionWithoutAWord) {
  RunningServer server({.idle_max = milliseconds(50)});
  RawClient silent(server.port());
  EXPECT_EQ(silent.receive_all(), "");
  RawClient client(server.port());
  client.send(get);
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(server.count(ServerEvent::request_timed_out), 0);
}

TEST(Limits, LetAHandlerTakeItsTime) {
  Gatekeeper keeper;
  RunningServer server({.request_max = milliseconds(20),
                        .idle_max = milliseconds(20),
                        .write_max = milliseconds(20)},
                       keeper.handler());
  RawClient client(server.port());
  client.send(get);
  ASSERT_TRUE(keeper.holds(1));
  EXPECT_FALSE(client.readable_within(milliseconds(150)));
  keeper.let_go();
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Limits, CloseOnAClientThatDoesNotTakeItsAnswer) {
  RunningServer server({.write_max = milliseconds(50)},
                       [](const Request&) -> boost::asio::awaitable<Answer> {
                         Answer answer;
                         answer.body.assign(8UL * 1024 * 1024, 'x');
                         co_return answer;
                       });
  RawClient client;
  client.shrink_receive_buffer();
  client.connect(server.port());
  client.send(get);
  EXPECT_TRUE(server.sees(ServerEvent::closed));
}

TEST(Limits, GiveALargeAnswerToAClientThatTakesIt) {
  RunningServer server({}, [](const Request&) -> boost::asio::awaitable<Answer> {
    Answer answer;
    answer.body.assign(4UL * 1024 * 1024, 'x');
    co_return answer;
  });
  RawClient client(server.port());
  client.send(get + get);
  for (int i = 0; i < 2; ++i) EXPECT_GT(client.receive_answer().size(), 4UL * 1024 * 1024);
}

TEST(Limits, TurnConnectionsAwayAboveTheirNumberAndTakeThemAgainBelowIt) {
  RunningServer server({.connections_max = 2});
  RawClient first(server.port());
  {
    RawClient second(server.port());
    ASSERT_TRUE(server.sees(ServerEvent::accepted, 2));
    RawClient third(server.port());
    third.send(get);
    EXPECT_EQ(third.receive_all(),
              "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
              "Content-Length: 52\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
              R"({"errorMsg":"too many connections; try again later"})");
    EXPECT_EQ(server.count(ServerEvent::connection_refused), 1);
    EXPECT_EQ(server.connections(), 2U);
  }
  ASSERT_TRUE(server.sees(ServerEvent::closed));
  RawClient fourth(server.port());
  fourth.send(get);
  EXPECT_TRUE(fourth.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Limits, HoldUnderAFloodOfConnections) {
  RunningServer server({.connections_max = 1});
  RawClient first(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::accepted));
  std::vector<RawClient> flood;
  for (int i = 0; i < 200; ++i) flood.emplace_back(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::connection_refused, 200));
  // Some are told why, the rest is dropped: turning away must not take memory without a limit.
  const auto dropped =
      std::ranges::count_if(flood, [](RawClient& client) { return client.receive_all().empty(); });
  EXPECT_GT(dropped, 0);
  EXPECT_LT(dropped, 200);
  EXPECT_EQ(server.connections(), 1U);
  first.send(get);
  EXPECT_TRUE(first.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace gatehouse::http
