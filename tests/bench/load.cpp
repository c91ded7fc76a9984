#include "tests/bench/load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace gatehouse::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  Clock::time_point sent_at;
  std::string received;
};

int connect_to(unsigned short port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("the server does not accept connections");
  }
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("a connection broke while sending");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// The status of the answer if it is complete, else 0.
int complete_status(std::string_view received) {
  const std::size_t head = received.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view field = "Content-Length: ";
  const std::size_t at = received.find(field);
  std::size_t length = 0;
  if (at != std::string_view::npos && at < head) {
    std::from_chars(received.data() + at + field.size(), received.data() + head, length);
  }
  if (received.size() < head + 4 + length) return 0;
  int status = 0;
  std::from_chars(received.data() + 9, received.data() + 12, status);
  return status;
}

class Load {
 public:
  Load(unsigned short port, const std::vector<std::string>& requests, std::size_t connections)
      : requests_(requests), epoll_(::epoll_create1(EPOLL_CLOEXEC)), connections_(connections) {
    for (std::size_t i = 0; i < connections; ++i) {
      connections_[i].fd = connect_to(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].fd, &event);
    }
  }
  ~Load() {
    for (const Connection& connection : connections_) ::close(connection.fd);
    ::close(epoll_);
  }

  LoadResult run(Clock::duration duration, int expected_status, bool once) {
    LoadResult result;
    const auto start = Clock::now();
    const auto until = start + duration;
    const std::size_t sends_max = once ? requests_.size() : SIZE_MAX;
    for (Connection& connection : connections_) send_next(connection, sends_max);
    while (waiting_ > 0) {
      epoll_event events[64];
      const int count = ::epoll_wait(epoll_, events, 64, 10'000);
      if (count <= 0) throw std::runtime_error("no answer within 10 s");
      for (int i = 0; i < count; ++i) {
        Connection& connection = connections_[events[i].data.u64];
        const int status = read_answer(connection);
        if (status == 0) continue;
        const auto now = Clock::now();
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(now - connection.sent_at);
        result.latency_us.push_back(static_cast<std::uint32_t>(took.count()));
        if (status != expected_status) ++result.unexpected;
        --waiting_;
        if (once || now < until) send_next(connection, sends_max);
      }
    }
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    result.requests = result.latency_us.size();
    std::ranges::sort(result.latency_us);
    return result;
  }

 private:
  void send_next(Connection& connection, std::size_t sends_max) {
    if (sent_ >= sends_max) return;
    connection.sent_at = Clock::now();
    send_all(connection.fd, requests_[sent_++ % requests_.size()]);
    ++waiting_;
  }

  int read_answer(Connection& connection) {
    char bytes[16 * 1024];
    const ssize_t size = ::recv(connection.fd, bytes, sizeof bytes, 0);
    if (size <= 0) throw std::runtime_error("the server closed a connection");
    connection.received.append(bytes, static_cast<std::size_t>(size));
    const int status = complete_status(connection.received);
    if (status != 0) connection.received.clear();
    return status;
  }

  const std::vector<std::string>& requests_;
  int epoll_;
  std::vector<Connection> connections_;
  std::size_t sent_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace

std::uint32_t LoadResult::percentile_us(double share) const {
  if (latency_us.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(latency_us.size()));
  return latency_us[std::min(index, latency_us.size() - 1)];
}

LoadResult run_load(unsigned short port, const std::vector<std::string>& requests,
                    std::size_t connections, std::chrono::milliseconds duration,
                    int expected_status, bool once) {
  return Load(port, requests, connections).run(duration, expected_status, once);
}

}  // namespace gatehouse::bench
