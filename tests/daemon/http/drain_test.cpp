#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";

using std::chrono::milliseconds;

int listening_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in any_port{};
  any_port.sin_family = AF_INET;
  any_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&any_port), sizeof any_port), 0);
  EXPECT_EQ(::listen(socket, 8), 0);
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

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

// A client that connected a moment ago: its request is on its way.
TEST(Drain, StillAnswersTheFirstRequestOfAConnectionThatIsNew) {
  RunningServer server({.first_request_grace = std::chrono::hours(1)});
  RawClient client(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::accepted));
  server.drain();
  // A second look: what the drain cancelled has run by then.
  ASSERT_EQ(server.connections(), 1U);
  ASSERT_EQ(server.connections(), 1U);
  client.send(get);
  const std::string answer = client.receive_all();
  EXPECT_TRUE(answer.ends_with("Connection: close\r\n\r\nGET /")) << answer;
  client.close();
  EXPECT_TRUE(server.drained());
}

TEST(Drain, ClosesANewConnectionThatAsksNothing) {
  RunningServer server({.idle_max = std::chrono::hours(1), .first_request_grace = milliseconds(1)});
  RawClient client(server.port());
  ASSERT_TRUE(server.sees(ServerEvent::accepted));
  server.drain();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(server.drained());
}

TEST(Drain, HasNoGraceForAConnectionThatWasAnsweredBefore) {
  RunningServer server({.first_request_grace = std::chrono::hours(1)});
  RawClient client(server.port());
  client.send(get);
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
  server.drain();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(server.drained());
}

// accept() has taken it from the kernel, so nobody else can serve it: not even the next process on
// a socket that systemd holds.
TEST(Drain, ServesAConnectionThatWasAcceptedAndNotYetSeen) {
  boost::asio::io_context loop;
  Server server(loop, {}, echo());
  ASSERT_TRUE(server.listen("127.0.0.1:0"));
  RawClient first(server.port());
  RawClient second(server.port());
  for (RawClient* client : {&first, &second}) {
    client->send(get);
    client->finish_sending();
  }
  // The turn that shows the first connection has accepted the second as well.
  while (server.connections() == 0) loop.run_one();
  EXPECT_EQ(server.connections(), 1U);
  int drained = 0;
  server.drain([&] { ++drained; });
  loop.run();
  EXPECT_TRUE(first.receive_all().ends_with("GET /"));
  EXPECT_TRUE(second.receive_all().ends_with("GET /"));
  EXPECT_EQ(drained, 1);
}

TEST(Drain, LeavesWhatWaitsInTheBacklogToTheNextOwnerOfThePassedSocket) {
  const int passed = listening_socket();
  const int of_systemd = ::dup(passed);
  boost::asio::io_context loop;
  Server leaving(loop, {}, echo());
  ASSERT_TRUE(leaving.adopt(passed));
  loop.poll();
  leaving.drain([] {});
  RawClient client(port_of(of_systemd));
  client.send(get);
  loop.run();
  RunningServer next({}, echo(), "");
  next.on_loop([&](Server& server) { EXPECT_TRUE(server.adopt(of_systemd)); });
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
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
