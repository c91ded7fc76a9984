#include "sync/transport/curl_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/sync/transport/exchange.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Answers every request of a connection alike.
RawServer::Serve always(std::string bytes) {
  return [bytes = std::move(bytes)](RawConnection& connection) {
    while (!connection.read_request().empty()) connection.send(bytes);
  };
}

TEST(CurlTransport, SendsTheBodyByteForByteAndGivesTheAnswer) {
  const std::string body{"{\"a\":\"\xc3\xa9\"}\0\r\n\r\n", 15};
  std::string seen;
  RawServer server([&seen](RawConnection& connection) {
    seen = connection.read_request();
    connection.send(answer(201, "made", "X-Other: 1\r\n"));
  });
  auto request = post(server.url("/v1/order/purchases"), body);
  request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "trip-1"}};
  const auto transport = open_transport();
  const auto reply = exchange(*transport, request);
  EXPECT_EQ(reply.sent, Sent::answered);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "made");
  EXPECT_EQ(reply.error, "");
  EXPECT_THAT(seen, AllOf(HasSubstr("POST /v1/order/purchases HTTP/1.1\r\n"),
                          HasSubstr("Idempotency-Key: trip-1\r\n"),
                          HasSubstr("Content-Type: application/json\r\n"),
                          HasSubstr("User-Agent: gatehouse/"), EndsWith("\r\n\r\n" + body)));
}

TEST(CurlTransport, SendsAnEmptyBodyAsOne) {
  std::string seen;
  RawServer server([&seen](RawConnection& connection) {
    seen = connection.read_request();
    connection.send(answer(200, ""));
  });
  const auto transport = open_transport();
  EXPECT_EQ(exchange(*transport, post(server.url(), "")).status, 200);
  EXPECT_THAT(seen, HasSubstr("Content-Length: 0\r\n"));
}

TEST(CurlTransport, PresentsItselfWithBasicOrBearer) {
  RawServer server([](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      connection.send(answer(200, request));
    }
  });
  const auto transport = open_transport();
  auto request = get(server.url());
  request.login.basic = "user:pass:word";
  EXPECT_THAT(exchange(*transport, request).body,
              HasSubstr("Authorization: Basic dXNlcjpwYXNzOndvcmQ=\r\n"));
  request.login.basic.clear();
  request.login.bearer = "token-1";
  EXPECT_THAT(exchange(*transport, request).body, HasSubstr("Authorization: Bearer token-1\r\n"));
  request.login.bearer.clear();
  EXPECT_THAT(exchange(*transport, request).body, Not(HasSubstr("Authorization")));
}

TEST(CurlTransport, SaysNotSentWhenNothingListens) {
  const auto transport = open_transport();
  const auto reply =
      exchange(*transport, post("http://127.0.0.1:" + std::to_string(closed_port()), "x"));
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_EQ(reply.status, 0);
  EXPECT_NE(reply.error, "");
}

TEST(CurlTransport, SaysNotSentWhenTheNameHasNoAddress) {
  const auto transport = open_transport();
  auto request = post("http://no-such-host.invalid/", "x");
  request.timeout = 2'000ms;
  EXPECT_EQ(exchange(*transport, request).sent, Sent::no);
}

TEST(CurlTransport, SaysNotSentWhenTheConnectionIsNotTakenInTime) {
  FullListener listener;
  CurlTransportOptions options;
  options.connect_timeout = 200ms;
  const auto transport = open_transport(options);
  const auto begin = steady_clock::now();
  const auto reply =
      exchange(*transport, post("http://127.0.0.1:" + std::to_string(listener.port()), "x"));
  EXPECT_EQ(reply.sent, Sent::no);
  EXPECT_LT(steady_clock::now() - begin, 2s) << "the connection has a limit of its own";
}

TEST(CurlTransport, SaysNotSentWhenTheOtherSideDoesNotSpeakTls) {
  RawServer server([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send(answer(200, ""));
  });
  const auto transport = open_transport();
  auto request = post("https://127.0.0.1:" + std::to_string(server.port()) + "/", "x");
  request.timeout = 500ms;
  EXPECT_EQ(exchange(*transport, request).sent, Sent::no);
}

TEST(CurlTransport, SpeaksHttpOnly) {
  const auto transport = open_transport();
  for (const auto* url : {"file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", ""}) {
    const auto reply = exchange(*transport, get(url));
    EXPECT_EQ(reply.sent, Sent::no) << url;
    EXPECT_EQ(reply.body, "") << url;
    EXPECT_NE(reply.error, "") << url;
  }
}

struct BrokenAnswer {
  const char* name;
  RawServer::Serve serve;
};
class BrokenAnswers : public testing::TestWithParam<BrokenAnswer> {};

TEST_P(BrokenAnswers, LeaveItOpenWhetherARequestHadItsEffect) {
  RawServer server([](RawConnection& connection) { GetParam().serve(connection); });
  const auto transport = open_transport();
  auto request = post(server.url(), "x");
  request.timeout = 500ms;
  const auto reply = exchange(*transport, request);
  EXPECT_EQ(reply.sent, Sent::maybe);
  EXPECT_EQ(reply.status, 0);
  EXPECT_EQ(reply.body, "");
  EXPECT_NE(reply.error, "");
}

INSTANTIATE_TEST_SUITE_P(
    CurlTransport, BrokenAnswers,
    testing::Values(
        BrokenAnswer{"NoneInTime", [](RawConnection& connection) { connection.wait_closed(); }},
        BrokenAnswer{"ClosedBefore",
                     [](RawConnection& connection) { (void)connection.read_request(); }},
        BrokenAnswer{"ResetBefore",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.reset();
                     }},
        BrokenAnswer{"ClosedInTheHead",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("HTTP/1.1 200 OK\r\nContent-Le");
                     }},
        BrokenAnswer{"ClosedAfterAnInterimAnswer",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("HTTP/1.1 102 Processing\r\n\r\n");
                     }},
        BrokenAnswer{"ClosedInTheHeadAfterAnInterimAnswer",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nA: ");
                     }},
        BrokenAnswer{"ClosedInTheBody",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234");
                     }},
        BrokenAnswer{"ClosedInAChunk",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send(
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n12");
                     }},
        BrokenAnswer{"StalledInTheBody",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234");
                       connection.wait_closed();
                     }},
        BrokenAnswer{"NotHttp",
                     [](RawConnection& connection) {
                       (void)connection.read_request();
                       connection.send("220 mail.example ESMTP\r\n");
                     }}),
    [](const auto& tested) { return tested.param.name; });

TEST(CurlTransport, TakesInterimAnswersChunksAndTrailersForWhatTheyAre) {
  RawServer server(
      always("HTTP/1.1 102 Processing\r\n\r\n"
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n"
             "2\r\nok\r\n0\r\nA: b\r\n\r\n"));
  const auto transport = open_transport();
  const auto reply = exchange(*transport, post(server.url(), "x"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ok");
}

TEST(CurlTransport, RefusesAnAnswerThatIsLongerThanAsked) {
  RawServer server(always(answer(200, std::string(1000, 'x'))));
  const auto transport = open_transport();
  auto request = get(server.url());
  request.answer_max_bytes = 1000;
  EXPECT_EQ(exchange(*transport, request).body.size(), 1000U);
  request.answer_max_bytes = 999;
  const auto reply = exchange(*transport, request);
  EXPECT_EQ(reply.sent, Sent::maybe);
  EXPECT_TRUE(reply.too_large);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.error, "the answer is longer than 999 bytes");
}

TEST(CurlTransport, DoesNotFollowRedirections) {
  RawServer elsewhere(always(answer(200, "followed")));
  RawServer server(always(answer(302, "", "Location: " + elsewhere.url() + "\r\n")));
  const auto transport = open_transport();
  EXPECT_EQ(exchange(*transport, get(server.url())).status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(CurlTransport, TellsHowFarOurClockIsAheadAndWhichErrorAwsNames) {
  const auto reply_with = [](const std::string& headers) {
    RawServer server(always(answer(403, "", headers)));
    return exchange(*open_transport(), get(server.url()));
  };
  EXPECT_GT(reply_with("Date: Fri, 31 Dec 1999 23:59:59 GMT\r\n").clock_ahead, 24h * 365 * 20);
  EXPECT_LT(reply_with("Date: Thu, 31 Dec 2099 23:59:59 GMT\r\n").clock_ahead, -24h * 365 * 20);
  EXPECT_EQ(reply_with("").clock_ahead, std::nullopt);
  EXPECT_EQ(reply_with("Date: soon\r\n").clock_ahead, std::nullopt);
  EXPECT_EQ(reply_with("Date: Fri, 31 Dec 1999 23:59:59 GMT\r\nAge: 4000\r\n").clock_ahead,
            std::nullopt)
      << "of a cache";
  EXPECT_TRUE(reply_with("Date: Fri, 31 Dec 1999 23:59:59 GMT\r\nAge: 0\r\n").clock_ahead);
  EXPECT_EQ(reply_with("x-amzn-ErrorType: ExpiredTokenException:http://x\r\n").error_type,
            "ExpiredTokenException");
  EXPECT_EQ(reply_with("").error_type, "");
}

TEST(CurlTransport, ReadsRetryAfterAsSecondsAndAsDate) {
  const auto retry_after = [](const std::string& value) {
    RawServer server(always(answer(503, "", "Retry-After: " + value + "\r\n")));
    const auto transport = open_transport();
    const auto reply = exchange(*transport, get(server.url()));
    EXPECT_EQ(reply.status, 503);
    return reply.retry_after;
  };
  EXPECT_EQ(retry_after("120"), 120s);
  EXPECT_EQ(retry_after("0"), std::nullopt);
  EXPECT_EQ(retry_after("-5"), std::nullopt);
  EXPECT_EQ(retry_after("soon"), std::nullopt);
  EXPECT_EQ(retry_after("999999999"), 24h) << "at most a day";
  EXPECT_EQ(retry_after("Fri, 31 Dec 2099 23:59:59 GMT"), 24h);
  EXPECT_EQ(retry_after("Fri, 31 Dec 1999 23:59:59 GMT"), std::nullopt) << "it has passed";

  const std::time_t in_a_minute = std::time(nullptr) + 60;
  char date[64];
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&in_a_minute));
  const auto minute = retry_after(date);
  ASSERT_TRUE(minute.has_value());
  EXPECT_GE(*minute, 55s);
  EXPECT_LE(*minute, 60s);
}

TEST(CurlTransport, ReusesTheConnection) {
  RawServer server(always(answer(200, "ok")));
  const auto transport = open_transport();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(exchange(*transport, post(server.url(), "x")).status, 200);
  }
  EXPECT_EQ(server.connections(), 1);
}

// A kept-alive connection breaks just as the next request is on it: the moment in which curl would
// send that request a second time by itself.
TEST(CurlTransport, DoesNotRepeatAPostByItselfWhenAKeptAliveConnectionBreaks) {
  std::atomic<int> posts = 0;
  RawServer server([&posts](RawConnection& connection) {
    if (!connection.read_request().empty()) ++posts;
    connection.send(answer(200, "first"));
    if (!connection.read_request().empty()) ++posts;
    connection.reset();
  });
  const auto transport = open_transport();
  EXPECT_EQ(exchange(*transport, post(server.url(), "x")).status, 200);
  const auto reply = exchange(*transport, post(server.url(), "capture"));
  EXPECT_EQ(reply.sent, Sent::maybe);
  EXPECT_THAT(reply.error, HasSubstr("a POST is not repeated"));
  EXPECT_EQ(posts, 2);
}

TEST(CurlTransport, RepeatsAGetWhenAKeptAliveConnectionBreaks) {
  RawServer server([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send(answer(200, "first"));
    (void)connection.read_request();
    connection.reset();
  });
  const auto transport = open_transport();
  EXPECT_EQ(exchange(*transport, get(server.url())).status, 200);
  EXPECT_EQ(exchange(*transport, get(server.url())).status, 200);
  EXPECT_EQ(server.connections(), 2);
}

TEST(CurlTransport, SendsManyRequestsAtOnce) {
  RawServer server(always(answer(200, "ok")));
  const auto transport = open_transport();
  int answered = 0;
  for (int i = 0; i < 40; ++i) {
    transport->start(post(server.url(), "x"),
                     [&answered](const Reply& reply) { answered += reply.status == 200; });
  }
  EXPECT_EQ(transport->in_flight(), 40U);
  EXPECT_TRUE(poll_until(*transport, [&answered] { return answered == 40; }));
  EXPECT_EQ(transport->in_flight(), 0U);
}

TEST(CurlTransport, RefusesMoreRequestsThanItsLimit) {
  RawServer server([](RawConnection& connection) { connection.wait_closed(); });
  CurlTransportOptions options;
  options.in_flight_max = 2;
  const auto transport = open_transport(options);
  const auto ignore = [](const Reply&) {};
  const auto first = transport->start(get(server.url()), ignore);
  transport->start(get(server.url()), ignore);
  const auto refused = exchange(*transport, get(server.url()));
  EXPECT_EQ(refused.sent, Sent::no);
  EXPECT_THAT(refused.error, HasSubstr("in flight already"));
  transport->cancel(first);
  EXPECT_EQ(transport->in_flight(), 1U);
}

TEST(CurlTransport, NeverCallsBackWhatWasCancelled) {
  RawServer server(always(answer(200, "ok")));
  const auto transport = open_transport();
  bool called = false;
  const auto note = [&called](const Reply&) { called = true; };
  transport->cancel(transport->start(get(server.url()), note));
  transport->cancel(transport->start(get("ftp://refused/"), note));
  auto unclean = get(server.url());
  unclean.headers = {{"Name", ""}};
  transport->cancel(transport->start(unclean, note));
  EXPECT_EQ(exchange(*transport, get(server.url())).status, 200);
  EXPECT_FALSE(called);
}

TEST(CurlTransport, LetsACallbackStartAndCancel) {
  RawServer server(always(answer(200, "ok")));
  const auto transport = open_transport();
  bool second = false;
  bool cancelled = false;
  const auto other =
      transport->start(get(server.url()), [&cancelled](const Reply&) { cancelled = true; });
  Request bad;
  bad.method = "DELETE";
  // Refused, so it ends in the very next poll, before the other can.
  transport->start(bad, [&](const Reply&) {
    transport->cancel(other);
    transport->start(get(server.url()), [&second](const Reply&) { second = true; });
  });
  EXPECT_TRUE(poll_until(*transport, [&second] { return second; }));
  EXPECT_FALSE(cancelled);
}

TEST(CurlTransport, IsWokenFromAnotherThread) {
  const auto transport = open_transport();
  std::thread waker([&transport] { transport->wake(); });
  const auto begin = steady_clock::now();
  transport->poll(10'000ms);
  EXPECT_LT(steady_clock::now() - begin, 5s);
  waker.join();
}

TEST(CurlTransport, KeepsCredentialsOutOfItsErrors) {
  const auto transport = open_transport();
  const auto port = std::to_string(closed_port());
  for (const auto& url :
       std::vector<std::string>{"http://user:secret@127.0.0.1:" + port + "/?key=secret",
                                "http://user:secret@no-such-host.invalid/?secret",
                                "http://user:secret@[bad/?key=secret"}) {
    auto request = get(url);
    request.timeout = 2'000ms;
    const auto reply = exchange(*transport, request);
    EXPECT_EQ(reply.sent, Sent::no);
    EXPECT_THAT(reply.error, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace gatehouse::sync
