#include "tests/daemon/http/raw_client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace gatehouse::http {
namespace {

constexpr std::chrono::milliseconds patience{20'000};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::size_t announced_length(std::string_view header) {
  constexpr std::string_view name = "Content-Length: ";
  const auto at = header.find(name);
  return at == header.npos ? 0 : std::stoul(std::string(header.substr(at + name.size(), 12)));
}

}  // namespace

RawClient::RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::RawClient(std::uint16_t port) : RawClient() {
  connect(port);
}

RawClient::RawClient(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail("connect " + unix_path);
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

RawClient::~RawClient() {
  close();
}

void RawClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void RawClient::shrink_receive_buffer() {
  const int bytes = 4096;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

void RawClient::connect(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail("connect to port " + std::to_string(port));
  }
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::send_slowly(std::string_view bytes) {
  for (const char& byte : bytes) send({&byte, 1});
}

void RawClient::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool RawClient::readable_within(std::chrono::milliseconds time) const {
  pollfd poll{socket_, POLLIN, 0};
  return ::poll(&poll, 1, static_cast<int>(time.count())) == 1;
}

bool RawClient::receive_some() {
  if (!readable_within(patience)) {
    throw std::runtime_error("the server was silent; received so far: " + received_);
  }
  std::array<char, 64 * 1024> bytes;
  const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0) fail("recv");
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string RawClient::receive_header() {
  constexpr std::string_view end = "\r\n\r\n";
  while (received_.find(end) == received_.npos) {
    if (!receive_some()) throw std::runtime_error("closed in the middle of: " + received_);
  }
  const auto size = received_.find(end) + end.size();
  std::string header = received_.substr(0, size);
  received_.erase(0, size);
  return header;
}

std::string RawClient::receive_answer() {
  std::string answer = receive_header();
  const std::size_t length = announced_length(answer);
  while (received_.size() < length) {
    if (!receive_some()) throw std::runtime_error("closed in the middle of: " + answer + received_);
  }
  answer += received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

std::string RawClient::receive_all() {
  while (receive_some()) {
  }
  return std::exchange(received_, {});
}

bool RawClient::ends() {
  std::array<char, 64 * 1024> bytes;
  for (;;) {
    if (!readable_within(patience)) return false;
    if (::recv(socket_, bytes.data(), bytes.size(), 0) <= 0) return true;
  }
}

}  // namespace gatehouse::http
