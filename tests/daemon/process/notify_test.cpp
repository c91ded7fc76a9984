#include "daemon/process/notify.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

/// The service manager's end of the notification socket.
class Manager {
 public:
  Manager() {
    const std::string path = (folder_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
  }
  [[nodiscard]] std::string next() const {
    char message[1024];
    const ssize_t size = ::recv(socket_, message, sizeof message, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(message, static_cast<std::size_t>(size));
  }

 private:
  child::TemporaryFolder folder_;
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Notify, SpeaksTheLanguageOfTheServiceManager) {
  const Manager manager;
  notify_ready("gate on 127.0.0.1:1");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=gate on 127.0.0.1:1");
  notify_alive();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  notify_stopping("bye");
  EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=bye");
  notify_reloading();
  EXPECT_TRUE(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
}

TEST(Notify, IsSilentWithoutAServiceManager) {
  ::unsetenv("NOTIFY_SOCKET");
  notify_ready("nobody listens");
  EXPECT_EQ(watchdog_period(), std::nullopt);
}

TEST(Notify, KnowsHowLongTheWatchdogWaits) {
  ::setenv("WATCHDOG_USEC", "10000000", 1);
  EXPECT_EQ(watchdog_period(), std::chrono::microseconds(10'000'000));
  ::unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace gatehouse::process
