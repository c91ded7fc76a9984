#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

#include "tests/child/child.hpp"

namespace gatehouse::process {

/// The service manager's end of the notification socket.
class ServiceManager {
 public:
  ServiceManager() {
    const std::string path = (folder_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~ServiceManager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// The next notification that has arrived; '': none.
  [[nodiscard]] std::string next() const { return receive(MSG_DONTWAIT); }
  /// Waits for the next one; '' where none comes within some seconds.
  [[nodiscard]] std::string wait_next() const {
    const timeval some_seconds{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &some_seconds, sizeof some_seconds);
    return receive(0);
  }

 private:
  [[nodiscard]] std::string receive(int flags) const {
    char message[1024];
    const ssize_t size = ::recv(socket_, message, sizeof message, flags);
    return size < 0 ? "" : std::string(message, static_cast<std::size_t>(size));
  }

  child::TemporaryFolder folder_;
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace gatehouse::process
