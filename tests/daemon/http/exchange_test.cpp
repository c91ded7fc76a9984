#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

const std::string host = "Host: gate\r\n";

std::string ok(const std::string& body, const std::string& extra = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + extra + "\r\n" + body;
}

TEST(Exchange, AnswersARequestAndKeepsTheConnection) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST /a?b=c HTTP/1.1\r\n" + host + "Content-Length: 4\r\n\r\nbody");
  EXPECT_EQ(client.receive_answer(), ok("POST /a?b=c body"));
  client.send("GET /again HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_answer(), ok("GET /again"));
  EXPECT_EQ(server.count(ServerEvent::accepted), 1);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Exchange, AnswersAHundredPipelinedRequestsInOrder) {
  RunningServer server;
  RawClient client(server.port());
  std::string requests;
  std::string answers;
  for (int i = 0; i < 100; ++i) {
    const auto number = std::to_string(i);
    requests += "POST /" + number + " HTTP/1.1\r\n" + host +
                "Content-Length: " + std::to_string(number.size()) + "\r\n\r\n" + number;
    answers += ok("POST /" + number + " " + number);
  }
  client.send(requests);
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), answers);
}

TEST(Exchange, KeepsTheOrderOfPipelinedRequestsWhileTheFirstIsStillHandled) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient client(server.port());
  client.send("GET /1 HTTP/1.1\r\n" + host + "\r\nGET /2 HTTP/1.1\r\n" + host + "\r\n");
  ASSERT_TRUE(keeper.holds(1));
  EXPECT_FALSE(client.readable_within(std::chrono::milliseconds(20)));
  keeper.let_go();
  EXPECT_EQ(client.receive_answer(), ok("/1"));
  EXPECT_EQ(client.receive_answer(), ok("/2"));
}

TEST(Exchange, UnderstandsARequestThatComesByteByByte) {
  RunningServer server;
  RawClient client(server.port());
  client.send_slowly("POST /slow HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nbytes");
  EXPECT_EQ(client.receive_answer(), ok("POST /slow bytes"));
}

TEST(Exchange, UnderstandsChunksThatComeByteByByte) {
  RunningServer server;
  RawClient client(server.port());
  const std::string header = "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n";
  client.send_slowly(header + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(client.receive_answer(), ok("POST / abcde"));
  client.send_slowly(header + "0\r\n\r\n");
  EXPECT_EQ(client.receive_answer(), ok("POST /"));
}

TEST(Exchange, TakesABodyAsLargeAsTheLimit) {
  RunningServer server({.body_max_bytes = 300'000});
  RawClient client(server.port());
  const std::string body(300'000, 'x');
  client.send("PUT / HTTP/1.1\r\n" + host + "Content-Length: 300000\r\n\r\n" + body);
  EXPECT_EQ(client.receive_answer(), ok("PUT / " + body));
}

TEST(Exchange, PassesUnknownMethodsOn) {
  RunningServer server;
  RawClient client(server.port());
  client.send("BREW /pot HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_answer(), ok("BREW /pot"));
}

TEST(Exchange, AnswersHeadWithoutABody) {
  RunningServer server;
  RawClient client(server.port());
  client.send("HEAD /x HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
            "Content-Length: 7\r\nConnection: close\r\n\r\n");
}

TEST(Exchange, ClosesWhenTheClientAsksForIt) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
  EXPECT_EQ(client.receive_all(), ok("GET /", "Connection: close\r\n"));
}

TEST(Exchange, ClosesWhenTheHandlerAsksForIt) {
  RunningServer server({}, [](const Request&) -> boost::asio::awaitable<Answer> {
    Answer answer;
    answer.close = true;
    co_return answer;
  });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(Exchange, HangsUpWithoutAnAnswerWhereTheHandlerDoes) {
  RunningServer server({}, [](const Request&) -> boost::asio::awaitable<Answer> {
    Answer answer;
    answer.body = "never sent";
    answer.hang_up = true;
    co_return answer;
  });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_all(), "");
}

TEST(Exchange, ClosesAfterAnHttp10RequestUnlessAskedToKeep) {
  RunningServer server;
  RawClient keeping(server.port());
  keeping.send("GET /kept HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.receive_answer(), ok("GET /kept", "Connection: keep-alive\r\n"));
  keeping.send("GET /last HTTP/1.0\r\n\r\n");
  EXPECT_EQ(keeping.receive_all(), ok("GET /last", "Connection: close\r\n"));
}

TEST(Exchange, AsksForTheBodyWhenTheClientWaitsForThat) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_header(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(client.receive_answer(), ok("POST / body"));
}

TEST(Exchange, DoesNotAskForABodyThatIsThere) {
  RunningServer server;
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\n" + host +
              "Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(client.receive_answer(), ok("POST / body"));
}

TEST(Exchange, UnderstandsTheAbsoluteForm) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET http://gate:80/path?q HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_answer(), ok("GET /path?q"));
  client.send("GET http://gate HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_answer(), ok("GET /"));
}

TEST(Exchange, SkipsAnEmptyLineBeforeARequest) {
  RunningServer server;
  RawClient client(server.port());
  client.send_slowly("\r\nGET /a HTTP/1.1\r\n" + host + "\r\n\r\nGET /b HTTP/1.1\r\n" + host +
                     "\r\n");
  EXPECT_EQ(client.receive_answer(), ok("GET /a"));
  EXPECT_EQ(client.receive_answer(), ok("GET /b"));
}

TEST(Exchange, AnswersAClientThatHasFinishedSending) {
  RunningServer server;
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n" + host + "\r\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), ok("GET /"));
  EXPECT_TRUE(server.sees(ServerEvent::closed));
  EXPECT_EQ(server.count(ServerEvent::bad_request), 0);
}

TEST(Exchange, AnswersUnavailableWhereAHandlerThrowsAndServesOn) {
  RunningServer server({}, [](const Request& request) -> boost::asio::awaitable<Answer> {
    if (request.path() == "/throws") throw std::runtime_error("secret");
    co_return Answer{};
  });
  RawClient client(server.port());
  client.send("GET /throws HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(client.receive_answer(),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
            "Content-Length: 64\r\nRetry-After: 1\r\n\r\n"
            R"({"errorMsg":"the request could not be handled; try again later"})");
  EXPECT_EQ(server.count(ServerEvent::handler_failed), 1);
  client.send("GET /fine HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Exchange, AnswersUnavailableWhereAHandlerThrowsBeforeItIsACoroutine) {
  RunningServer server({}, [](const Request&) -> boost::asio::awaitable<Answer> { throw 1; });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 503 "));
}

TEST(Exchange, OutlivesAClientThatGoesAwayWhileItsRequestIsHandled) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  {
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n" + host + "\r\n");
    ASSERT_TRUE(keeper.holds(1));
  }
  keeper.let_go();
  EXPECT_TRUE(server.sees(ServerEvent::closed));
}

}  // namespace
}  // namespace gatehouse::http
