#include "daemon/http/sockets.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <fstream>

#include "tests/child/child.hpp"
#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";

std::string error_of(Result<> result) {
  return result ? "none" : result.error().message;
}

Result<> listen(const std::string& address) {
  boost::asio::io_context loop;
  Server server(loop, {}, echo());
  return server.listen(address);
}

Result<> adopt(int socket) {
  boost::asio::io_context loop;
  Server server(loop, {}, echo());
  return server.adopt(socket);
}

class UnixSocket : public testing::Test {
 protected:
  [[nodiscard]] mode_t mode() const {
    struct stat file{};
    ::stat(path_.c_str(), &file);
    return file.st_mode & 07777;
  }

  child::TemporaryFolder folder_;
  const std::string path_ = folder_.path() / "x.sock";
};

TEST(TcpSocket, TellsTheCallersAddress) {
  std::string address;
  RunningServer server({}, [&](const Request& request) -> boost::asio::awaitable<Answer> {
    address = request.peer_address;
    co_return Answer{};
  });
  RawClient client(server.port());
  client.send(get);
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(address, "127.0.0.1");
}

TEST_F(UnixSocket, IsServedAndTellsWhoAsks) {
  std::optional<PeerCredentials> peer;
  std::string address = "none yet";
  RunningServer server(
      {},
      [&](const Request& request) -> boost::asio::awaitable<Answer> {
        peer = request.peer;
        address = request.peer_address;
        co_return Answer{};
      },
      path_);
  RawClient client(path_);
  client.send(get);
  EXPECT_TRUE(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->uid, ::getuid());
  EXPECT_EQ(peer->gid, ::getgid());
  EXPECT_EQ(peer->pid, ::getpid());
  EXPECT_EQ(address, "");
  EXPECT_EQ(server.port(), 0);
}

TEST_F(UnixSocket, HasTheModeAskedForWhateverTheUmask) {
  const mode_t umask_before = ::umask(0077);
  RunningServer server({}, echo(), path_);
  ::umask(umask_before);
  EXPECT_EQ(mode(), mode_t{0660});
}

TEST_F(UnixSocket, IsRemovedAtTheEnd) {
  {
    RunningServer server({}, echo(), path_);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocket, ReplacesTheFileOfADeadListener) {
  {
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const boost::asio::local::stream_protocol::endpoint endpoint(path_);
    ASSERT_EQ(::bind(dead, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
    ::close(dead);
  }
  ASSERT_TRUE(std::filesystem::exists(path_));
  RunningServer server({}, echo(), path_);
  RawClient client(path_);
  client.send(get);
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
}

TEST_F(UnixSocket, RefusesThePathOfALiveListenerAndLeavesItAlone) {
  RunningServer first({}, echo(), path_);
  EXPECT_EQ(error_of(listen(path_)),
            "cannot listen on " + path_ + ": another process is listening there; stop it first");
  RawClient client(path_);
  client.send(get);
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
}

TEST_F(UnixSocket, RefusesThePathOfAListenerWhoseBacklogIsFull) {
  const int busy = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const boost::asio::local::stream_protocol::endpoint endpoint(path_);
  ASSERT_EQ(::bind(busy, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
  ASSERT_EQ(::listen(busy, 0), 0);
  RawClient waiting(path_);
  EXPECT_EQ(error_of(listen(path_)),
            "cannot listen on " + path_ + ": another process is listening there; stop it first");
  ::close(busy);
}

TEST_F(UnixSocket, RefusesThePathOfASocketOfAnotherKind) {
  const int datagram = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  const boost::asio::local::stream_protocol::endpoint endpoint(path_);
  ASSERT_EQ(::bind(datagram, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
  EXPECT_EQ(error_of(listen(path_)),
            "cannot listen on " + path_ + ": Protocol wrong type for socket");
  EXPECT_TRUE(std::filesystem::exists(path_));
  ::close(datagram);
}

TEST_F(UnixSocket, NeverReplacesAFileThatIsNoSocket) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(error_of(listen(path_)),
            "cannot listen on " + path_ +
                ": there is a file that is not a socket; remove it or choose another path");
  std::string kept;
  std::ifstream(path_) >> kept;
  EXPECT_EQ(kept, "precious");
}

TEST_F(UnixSocket, LeavesTheFileOfItsSuccessorAlone) {
  RunningServer first({}, echo(), path_);
  std::filesystem::remove(path_);
  RunningServer second({}, echo(), path_);
  first.destroy();
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixSocket, RefusesAPathThatIsTooLong) {
  const std::string path = "/tmp/" + std::string(200, 'x');
  EXPECT_EQ(error_of(listen(path)),
            "cannot listen on " + path + ": the path of a unix socket has at most 107 bytes");
}

TEST_F(UnixSocket, SaysWhyItCannotBeMade) {
  const std::string path = folder_.path() / "missing" / "x.sock";
  EXPECT_EQ(error_of(listen(path)), "cannot listen on " + path + ": No such file or directory");
}

TEST(TcpSocket, IsServedOnIpv6) {
  RunningServer server({}, echo(), "[::1]:0");
  EXPECT_NE(server.port(), 0);
}

TEST_F(UnixSocket, IsNamedAmongTheAddressesAsListenTakesThem) {
  RunningServer server;
  std::vector<std::string> addresses;
  server.on_loop([&](Server& listening) {
    EXPECT_TRUE(listening.listen("[::1]:0"));
    EXPECT_TRUE(listening.listen(path_));
    addresses = listening.addresses();
  });
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_EQ(addresses[0], "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_TRUE(addresses[1].starts_with("[::1]:")) << addresses[1];
  EXPECT_FALSE(addresses[1].ends_with(":0"));
  EXPECT_EQ(addresses[2], path_);
}

TEST(TcpSocket, SaysWhatIsWrongWithAnAddress) {
  for (const std::string address :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1",
        "::1:80", "[127.0.0.1]:80", "localhost:80", "[::1]80", "[::1:80", ":80"}) {
    EXPECT_EQ(error_of(listen(address)),
              "cannot listen on " + address +
                  ": expected an address and a port like 127.0.0.1:8080 or [::1]:8080, or the "
                  "absolute path of a unix socket");
  }
}

TEST(TcpSocket, RefusesAPortInUse) {
  RunningServer server;
  const std::string address = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(error_of(listen(address)), "cannot listen on " + address + ": Address already in use");
}

TEST(AdoptedSocket, IsServedAndKnowsItsPort) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  RunningServer server({}, echo(), "");
  std::uint16_t port = 0;
  server.on_loop([&](Server& adopting) {
    EXPECT_EQ(error_of(adopting.adopt(listening)), "none");
    port = adopting.port();
  });
  EXPECT_EQ(::fcntl(listening, F_GETFD), FD_CLOEXEC);
  RawClient client(port);
  client.send(get);
  EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
}

TEST_F(UnixSocket, CanBeAdoptedAndItsFileStaysSystemds) {
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const boost::asio::local::stream_protocol::endpoint endpoint(path_);
  ASSERT_EQ(::bind(listening, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  {
    RunningServer server({}, echo(), "");
    server.on_loop([&](Server& adopting) { EXPECT_TRUE(adopting.adopt(listening)); });
    RawClient client(path_);
    client.send(get);
    EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
  }
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST(AdoptedSocket, IsNamedWithAnAtWhereItIsAbstract) {
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const std::string name = std::string(1, '\0') + "gatehouse-" + std::to_string(::getpid());
  const boost::asio::local::stream_protocol::endpoint endpoint(name);
  ASSERT_EQ(::bind(listening, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  boost::asio::io_context loop;
  Server server(loop, {}, echo());
  ASSERT_TRUE(server.adopt(listening));
  EXPECT_EQ(server.addresses().front(), "@" + name.substr(1));
}

TEST(AdoptedSocket, HasToBeAListeningStreamSocket) {
  const int datagram = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int unconnected = ::socket(AF_INET, SOCK_STREAM, 0);
  for (const int socket : {datagram, unconnected, -1}) {
    EXPECT_EQ(error_of(adopt(socket)),
              "cannot listen on file descriptor " + std::to_string(socket) +
                  ": expected a listening TCP or unix stream socket; check the ListenStream= of "
                  "the .socket unit");
  }
  EXPECT_EQ(::close(datagram), 0);  // a socket that was not adopted still belongs to the caller
  EXPECT_EQ(::close(unconnected), 0);
}

}  // namespace
}  // namespace gatehouse::http
