// All request bodies of a server together, and the requests whose body is not worth receiving.
#include "daemon/http/body_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <vector>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

constexpr std::size_t large = 100'000;
const std::string post = "POST / HTTP/1.1\r\nHost: gate\r\n";
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: gate\r\n\r\n";

std::string announced(std::size_t bytes) {
  return post + "Content-Length: " + std::to_string(bytes) + "\r\n\r\n";
}

const std::string bodies_full =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 67\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n"
    R"({"errorMsg":"too many large bodies at a time; send it again later"})";

TEST(BodyBudget, CountsWhatIsLargeAndGivesItBack) {
  BodyBudget budget(200'000);
  {
    BodyBudget::Share first(budget);
    EXPECT_TRUE(first.grow_to(small_body_bytes));
    EXPECT_EQ(budget.used(), 0U);
    EXPECT_TRUE(first.grow_to(small_body_bytes + 1));
    EXPECT_EQ(budget.used(), small_body_bytes + 1);
    EXPECT_TRUE(first.grow_to(120'000));
    EXPECT_TRUE(first.grow_to(1'000)) << "it never shrinks";
    EXPECT_EQ(budget.used(), 120'000U);
    BodyBudget::Share second(budget);
    EXPECT_FALSE(second.grow_to(80'001));
    EXPECT_TRUE(second.grow_to(80'000));
    EXPECT_FALSE(second.grow_to(80'001));
    EXPECT_TRUE(second.grow_to(80'000)) << "what it has stays its own";
    EXPECT_EQ(budget.used(), 200'000U);
    BodyBudget::Share third(budget);
    EXPECT_TRUE(third.grow_to(small_body_bytes));
    EXPECT_FALSE(third.grow_to(static_cast<std::size_t>(-1)));
  }
  EXPECT_EQ(budget.used(), 0U);
}

/// A server that has room for two large bodies.
class Bodies : public testing::Test {
 protected:
  [[nodiscard]] std::size_t used() {
    std::size_t bytes = 0;
    server_.on_loop([&](Server& server) { bytes = server.body_bytes(); });
    return bytes;
  }
  [[nodiscard]] bool hold(std::size_t bytes) {
    return eventually([&] { return used() == bytes; });
  }
  /// Fills it with bodies that are announced and do not come.
  void fill() {
    for (int i = 0; i < 2; ++i) fillers_.emplace_back(server_.port()).send(announced(large));
    ASSERT_TRUE(hold(2 * large));
  }

  RunningServer server_{{.body_max_bytes = large,
                         .bodies_max_bytes = 2 * large,
                         .request_max = std::chrono::milliseconds(60'000)}};
  std::list<RawClient> fillers_;
};

TEST_F(Bodies, ThatDoNotFitAreRefusedBeforeTheyAreAskedFor) {
  fill();
  RawClient third(server_.port());
  third.send(post + "Expect: 100-continue\r\nContent-Length: 20000\r\n\r\n");
  EXPECT_EQ(third.receive_all(), bodies_full);
  EXPECT_EQ(server_.count(ServerEvent::bodies_full), 1);
  EXPECT_EQ(used(), 2 * large);
}

TEST_F(Bodies, ThatDoNotFitAreNoRequestOfTheirOwn) {
  fill();
  RawClient third(server_.port());
  std::string body = smuggled;
  body.resize(large, ' ');
  third.send(announced(large) + body);
  third.finish_sending();
  EXPECT_EQ(third.receive_all(), bodies_full);
}

TEST_F(Bodies, ThatAreSmallAlwaysFit) {
  fill();
  RawClient scanner(server_.port());
  for (int i = 0; i < 2; ++i) {
    scanner.send(announced(small_body_bytes) + std::string(small_body_bytes, 'x'));
    EXPECT_TRUE(scanner.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  }
}

TEST_F(Bodies, MakeRoomForTheNextOnceTheyAreAnswered) {
  fill();
  fillers_.front().send(std::string(large, 'x'));
  EXPECT_TRUE(fillers_.front().receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  ASSERT_TRUE(hold(large));
  fillers_.front().send(announced(large) + std::string(large, 'y'));
  EXPECT_TRUE(fillers_.front().receive_answer().ends_with("y"));
}

TEST_F(Bodies, OfUnknownLengthCountAsTheyGrow) {
  fill();
  RawClient third(server_.port());
  third.send(post + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(0x1000, 'x') +
             "\r\n");
  third.send("8000\r\n" + std::string(0x8000, 'x') + "\r\n");
  EXPECT_EQ(third.receive_all(), bodies_full);
  EXPECT_EQ(used(), 2 * large);
}

TEST_F(Bodies, OfUnknownLengthFitWhereThereIsRoom) {
  RawClient client(server_.port());
  std::string request = post + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 25; ++i) request += "fa0\r\n" + std::string(4000, 'x') + "\r\n";
  client.send(request);
  ASSERT_TRUE(eventually([this] { return used() >= large; }));
  EXPECT_LE(used(), 2 * large);
  client.send("0\r\n\r\n");
  EXPECT_TRUE(client.receive_answer().ends_with("x"));
  EXPECT_TRUE(hold(0));
}

TEST_F(Bodies, AreGivenUpWithTheirConnection) {
  fill();
  fillers_.clear();
  EXPECT_TRUE(hold(0));
}

TEST_F(Bodies, AreGivenUpWhereTheRestDoesNotCome) {
  fill();
  for (RawClient& filler : fillers_) {
    filler.finish_sending();
    EXPECT_TRUE(filler.receive_all().starts_with("HTTP/1.1 400 "));
  }
  EXPECT_TRUE(hold(0));
}

TEST_F(Bodies, AreGivenUpWhereTheyAreMalformed) {
  RawClient client(server_.port());
  client.send(post + "Transfer-Encoding: chunked\r\n\r\nfa00\r\n" + std::string(0xfa00, 'x'));
  ASSERT_TRUE(eventually([this] { return used() > 0; }));
  client.send("no chunk\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(hold(0));
}

TEST(BodiesOfASlowClient, AreGivenUpAtTheTimeLimit) {
  RunningServer server({.body_max_bytes = large, .request_max = std::chrono::milliseconds(50)});
  RawClient client(server.port());
  client.send(announced(large) + "x");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 408 "));
  std::size_t used = 1;
  server.on_loop([&](Server& running) { used = running.body_bytes(); });
  EXPECT_EQ(used, 0U);
}

TEST_F(Bodies, AreHeldUntilTheyAreAnswered) {
  Gatekeeper keeper;
  RunningServer server({.body_max_bytes = large}, keeper.handler());
  const auto bytes = [&server] {
    std::size_t used = 0;
    server.on_loop([&](Server& running) { used = running.body_bytes(); });
    return used;
  };
  RawClient client(server.port());
  client.send(announced(large) + std::string(large, 'x'));
  ASSERT_TRUE(keeper.holds(1));
  EXPECT_EQ(bytes(), large);
  keeper.let_go();
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(eventually([&] { return bytes() == 0; }));
}

// A hundred large bodies, none of which ever ends, against the limits as they are.
TEST(BodiesOfMany, StayWithinTheLimitWhileScansAreAnswered) {
  RunningServer server({.request_max = std::chrono::milliseconds(60'000)});
  const std::size_t body_bytes = 1024 * 1024 - 1;
  const std::string all_but_one_byte = announced(body_bytes) + std::string(body_bytes - 1, 'x');
  std::list<RawClient> clients;
  RawClient scanner(server.port());
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back(server.port()).send(all_but_one_byte);
    std::size_t used = 0;
    server.on_loop([&](Server& running) { used = running.body_bytes(); });
    ASSERT_LE(used, Limits{}.bodies_max_bytes);
    scanner.send(announced(300) + std::string(300, 's'));
    ASSERT_TRUE(scanner.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  }
  EXPECT_TRUE(server.sees(ServerEvent::bodies_full, 36));
  EXPECT_EQ(server.count(ServerEvent::bodies_full), 36);
}

Answer no() {
  return {.status = 401, .body = "no", .headers = {{"WWW-Authenticate", "Bearer"}}};
}

const std::string refused =
    "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    "WWW-Authenticate: Bearer\r\nConnection: close\r\n\r\nno";

/// A server that wants no body with X-No in the header, and the same handler as ever.
class Refusing : public testing::Test {
 protected:
  Refusing() {
    server_.on_loop([this](Server& server) {
      server.check_headers([this](const Request& request) -> std::optional<Answer> {
        ++asked_;
        EXPECT_EQ(request.body, "");
        if (request.fields.find("X-Throw") != request.fields.end()) throw 1;
        if (request.fields.find("X-No") == request.fields.end()) return std::nullopt;
        return no();
      });
    });
  }

  std::atomic<int> asked_ = 0;
  RunningServer server_;
};

TEST_F(Refusing, HappensByTheHeaderAndNobodyWaitsForTheBody) {
  RawClient client(server_.port());
  client.send(post + "X-No: 1\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(client.receive_all(), refused);
}

TEST_F(Refusing, IsTheFirstAnswerToWhoWaitsForContinue) {
  RawClient client(server_.port());
  client.send(post + "X-No: 1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_all(), refused);
}

TEST_F(Refusing, ReachesAClientThatSendsItsBodyAnywayAndTakesItForNoRequest) {
  RawClient client(server_.port());
  std::string body;
  while (body.size() < 1'000'000) body += smuggled;
  client.send(post + "X-No: 1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body);
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), refused);
}

TEST_F(Refusing, IsForChunkedRequestsToo) {
  RawClient client(server_.port());
  client.send(post + "X-No: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(client.receive_all(), refused);
}

TEST_F(Refusing, ComesBeforeTheLimits) {
  RawClient client(server_.port());
  client.send(post + "X-No: 1\r\nContent-Length: 100000000\r\n\r\n");
  EXPECT_EQ(client.receive_all(), refused);
}

TEST_F(Refusing, HasNoBodyForHead) {
  RawClient client(server_.port());
  client.send("HEAD / HTTP/1.1\r\nHost: gate\r\nX-No: 1\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_all(), refused.substr(0, refused.size() - 2));
}

TEST_F(Refusing, IsLeftToTheHandlerWhereTheRequestIsWhole) {
  RawClient client(server_.port());
  client.send(post + "X-No: 1\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_TRUE(client.receive_answer().ends_with("POST / body"));
  EXPECT_EQ(asked_, 0);
}

TEST_F(Refusing, DoesNotHappenToTheOthers) {
  RawClient client(server_.port());
  client.send(post + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_header(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_TRUE(client.receive_answer().ends_with("POST / body"));
  client.send(post + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
  EXPECT_TRUE(client.receive_answer().ends_with("POST / body"));
  EXPECT_EQ(asked_, 2);
}

TEST_F(Refusing, ThatThrowsIsAnsweredUnavailable) {
  RawClient client(server_.port());
  client.send(post + "X-Throw: 1\r\nContent-Length: 4\r\n\r\n");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(server_.count(ServerEvent::handler_failed), 1);
}

}  // namespace
}  // namespace gatehouse::http
