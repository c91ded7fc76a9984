#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";

TEST(Drain, IsDoneAtOnceWithoutConnections) {
  RunningServer server;
  server.drain();
  EXPECT_TRUE(server.drained());
}

TEST(Drain, StopsAccepting) {
  RunningServer server;
  server.drain();
  EXPECT_THROW(RawClient(server.port()), std::runtime_error);
}

TEST(Drain, ClosesIdleConnections) {
  RunningServer server;
  RawClient used(server.port());
  used.send(get);
  EXPECT_TRUE(used.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  RawClient unused(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::accepted, 2));
  server.drain();
  EXPECT_EQ(used.receive_all(), "");
  EXPECT_EQ(unused.receive_all(), "");
  EXPECT_TRUE(server.drained());
  EXPECT_EQ(server.connections(), 0U);
}

TEST(Drain, LetsARequestThatIsHandledFinishAndSaysClose) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient client(server.port());
  client.send("GET /kept HTTP/1.1\r\nHost: gate\r\n\r\n");
  ASSERT_TRUE(keeper.holds(1));
  server.drain();
  EXPECT_EQ(server.connections(), 1U);
  keeper.let_go();
  EXPECT_EQ(client.receive_all(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
            "Content-Length: 5\r\nConnection: close\r\n\r\n/kept");
  client.close();
  EXPECT_TRUE(server.drained());
}

TEST(Drain, LetsARequestThatIsStillComingFinish) {
  RunningServer server;
  RawClient client(server.port());
  // The answer to the first shows that the server has read the beginning of the second.
  client.send(get + "POST /second HTTP/1.1\r\nHost: gate\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
  server.drain();
  client.send("dy");
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.ends_with("Connection: close\r\n\r\nPOST /second body")) << answer;
  client.close();
  EXPECT_TRUE(server.drained());
}

TEST(Drain, AnswersARequestThatHasArrivedUnread) {
  RunningServer server;
  RawClient client(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::accepted));
  server.on_loop([&](Server& draining) {
    client.send(get);  // arrives while the loop is here, so the server cannot have read it
    draining.drain([] {});
  });
  EXPECT_TRUE(client.receive_all().ends_with("Connection: close\r\n\r\nGET /"));
}

TEST(Drain, DoesNotWaitForAClientThatNeverCloses) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient client(server.port());
  client.send(get);
  ASSERT_TRUE(keeper.holds(1));
  server.drain();
  keeper.let_go();
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(server.drained());
}

TEST(Close, EndsEverythingNow) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient handled(server.port());
  handled.send(get);
  RawClient idle(server.port());
  RawClient reading(server.port());
  reading.send("GET");
  ASSERT_TRUE(keeper.holds(1));
  ASSERT_TRUE(server.sees(ServerEvent::accepted, 3));
  server.on_loop([](Server& closing) { closing.close(); });
  EXPECT_TRUE(handled.ends());
  EXPECT_TRUE(idle.ends());
  EXPECT_TRUE(reading.ends());
  EXPECT_THROW(RawClient(server.port()), std::runtime_error);
  keeper.let_go();
  EXPECT_TRUE(server.sees(ServerEvent::closed, 3));
}

TEST(Close, CutsADrainShort) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient client(server.port());
  client.send(get);
  ASSERT_TRUE(keeper.holds(1));
  server.drain();
  server.on_loop([](Server& closing) { closing.close(); });
  EXPECT_TRUE(client.ends());
  keeper.let_go();
  EXPECT_TRUE(server.drained());
}

TEST(Destruction, IsSafeWhileRequestsAreHandled) {
  Gatekeeper keeper;
  RunningServer server({}, keeper.handler());
  RawClient client(server.port());
  client.send(get);
  ASSERT_TRUE(keeper.holds(1));
  server.destroy();
  EXPECT_TRUE(client.ends());
  keeper.let_go();
}

TEST(Destruction, IsSafeFromWithinAHandler) {
  boost::asio::io_context loop;
  std::unique_ptr<Server> server;
  server = std::make_unique<Server>(loop, Limits{},
                                    [&](const Request&) -> boost::asio::awaitable<Answer> {
                                      server.reset();
                                      co_return Answer{};
                                    });
  ASSERT_TRUE(server->listen("127.0.0.1:0"));
  RawClient client(server->port());
  client.send(get);
  loop.run();
  EXPECT_TRUE(client.ends());
}

TEST(Destruction, OfTheLoopTakesTheConnectionsAlong) {
  Gatekeeper keeper;
  RawClient client;
  {
    boost::asio::io_context loop;
    Server server(loop, {}, keeper.handler());
    ASSERT_TRUE(server.listen("127.0.0.1:0"));
    client.connect(server.port());
    client.send(get);
    while (!keeper.holds_now(1)) loop.run_one();
  }
  EXPECT_TRUE(client.ends());
}

}  // namespace
}  // namespace gatehouse::http
