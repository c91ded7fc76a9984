#include "tests/sync/transport/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace gatehouse::sync {
namespace {

constexpr int patience_ms = 5'000;

int open_socket(int type = 0) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | type, 0);
  if (fd < 0) throw std::runtime_error("no socket");
  return fd;
}

sockaddr_in loopback(int port, in_addr_t host = INADDR_LOOPBACK) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int bind_to_any_port(int fd) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot bind");
  }
  return ntohs(address.sin_port);
}

bool readable(int fd) {
  pollfd poller{fd, POLLIN, 0};
  return ::poll(&poller, 1, patience_ms) > 0;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  const auto at = head.find(name);
  return at == std::string_view::npos ? 0
                                      : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

}  // namespace

bool RawConnection::receive() {
  char bytes[16 * 1024];
  if (!readable(fd_)) return false;
  const auto size = ::recv(fd_, bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  unread_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string RawConnection::read_request() {
  std::size_t head_end = std::string::npos;
  while ((head_end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  const auto size = head_end + 4 + content_length(std::string_view{unread_}.substr(0, head_end));
  while (unread_.size() < size) {
    if (!receive()) return {};
  }
  auto request = unread_.substr(0, size);
  unread_.erase(0, size);
  return request;
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void RawConnection::reset() {
  // Disconnecting an established socket sends RST at once, and leaves the descriptor to its owner.
  sockaddr none{};
  none.sa_family = AF_UNSPEC;
  ::connect(fd_, &none, sizeof none);
}

void RawConnection::wait_closed() {
  while (receive()) {
  }
}

RawServer::RawServer(Serve serve) : serve_(std::move(serve)), listener_(open_socket()) {
  port_ = bind_to_any_port(listener_);
  begin();
}

RawServer::RawServer(Serve serve, int port_at_second_address)
    : serve_(std::move(serve)), listener_(open_socket()), port_(port_at_second_address) {
  const auto address = loopback(port_, INADDR_LOOPBACK + 1);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot bind");
  }
  begin();
}

void RawServer::begin() {
  if (::listen(listener_, 64) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int fd : open_) ::close(fd);
}

void RawServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] {
      RawConnection connection(fd);
      serve_(connection);
      ::shutdown(fd, SHUT_RDWR);
    });
  }
}

std::string RawServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

FullListener::FullListener() : listener_(open_socket()) {
  port_ = bind_to_any_port(listener_);
  if (::listen(listener_, 0) != 0) throw std::runtime_error("cannot listen");
  // Linux takes one more than the backlog says, and drops what comes after that.
  for (int i = 0; i < 4; ++i) {
    fillers_.push_back(open_socket(SOCK_NONBLOCK));
    const auto address = loopback(port_);
    (void)::connect(fillers_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

FullListener::~FullListener() {
  for (const int fd : fillers_) ::close(fd);
  ::close(listener_);
}

int closed_port() {
  const int fd = open_socket();
  const int port = bind_to_any_port(fd);
  ::close(fd);
  return port;
}

int status_of(int port, const std::string& method, const std::string& path,
              const std::string& json) {
  const int fd = open_socket();
  const auto address = loopback(port);
  std::string head;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    RawConnection connection(fd);
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                    "Content-Type: application/json\r\nContent-Length: " +
                    std::to_string(json.size()) + "\r\n\r\n" + json);
    head = connection.read_request();  // an answer has the same frame
  }
  ::close(fd);
  constexpr std::string_view version = "HTTP/1.1 ";
  return head.starts_with(version) ? std::atoi(head.c_str() + version.size()) : 0;
}

std::string answer(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace gatehouse::sync
