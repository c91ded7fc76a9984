#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "tests/daemon/http/raw_client.hpp"
#include "tests/daemon/http/running_server.hpp"

namespace gatehouse::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: gate\r\n\r\n";

/// While it lives, this process can open no further file descriptor. UBSan opens a pipe when it
/// meets a type for the first time: have the server answer something before.
class NoMoreFileDescriptors {
 public:
  NoMoreFileDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest_free);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFileDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFileDescriptors(const NoMoreFileDescriptors&) = delete;
  NoMoreFileDescriptors& operator=(const NoMoreFileDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(Accepting, SurvivesRunningOutOfFileDescriptors) {
  RunningServer server;
  RawClient open(server.port());
  open.send(get);
  EXPECT_TRUE(open.receive_answer().ends_with("GET /"));
  std::vector<RawClient> waiting(3);
  {
    const NoMoreFileDescriptors exhausted;
    ASSERT_EQ(::dup(0), -1);
    for (RawClient& client : waiting) {
      client.connect(server.port());
      client.send(get);
    }
    // Three pauses: it neither stops nor spins.
    ASSERT_TRUE(server.sees(ServerEvent::accept_failed, 3));
    EXPECT_LT(server.count(ServerEvent::accept_failed), 50);
    open.send(get);
    EXPECT_TRUE(open.receive_answer().ends_with("GET /"));
    EXPECT_EQ(server.count(ServerEvent::accepted), 1);
  }
  for (RawClient& client : waiting) EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
  EXPECT_EQ(server.count(ServerEvent::accepted), 4);
}

TEST(Accepting, CanBeClosedWhileItPauses) {
  RunningServer server;
  RawClient open(server.port());
  open.send(get);
  EXPECT_TRUE(open.receive_answer().ends_with("GET /"));
  RawClient waiting;
  {
    const NoMoreFileDescriptors exhausted;
    waiting.connect(server.port());
    ASSERT_TRUE(server.sees(ServerEvent::accept_failed));
  }
  server.drain();
  EXPECT_TRUE(server.drained());
}

TEST(Accepting, ServesManyConnectionsAtOnce) {
  RunningServer server;
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(server.port());
  for (RawClient& client : clients) client.send(get);
  for (RawClient& client : clients) EXPECT_TRUE(client.receive_answer().ends_with("GET /"));
  EXPECT_EQ(server.connections(), 200U);
  clients.clear();
  EXPECT_TRUE(server.sees(ServerEvent::closed, 200));
  EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace gatehouse::http
