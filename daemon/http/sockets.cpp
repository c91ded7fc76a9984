#include "daemon/http/sockets.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::unexpected<Error> cannot_listen(const std::string& address, const std::string& reason) {
  return failure(Remedy::repair, fmt::format("cannot listen on {}: {}", address, reason));
}

std::string text_of(int error) {
  return error_code(error, boost::system::system_category()).message();
}

std::optional<asio::ip::tcp::endpoint> parse_tcp(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  const std::string_view digits = address.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = whole_number<std::uint16_t>(digits);
  if (!port) return std::nullopt;
  error_code bad_host;
  const auto ip = asio::ip::make_address(std::string(host), bad_host);
  if (bad_host || ip.is_v6() != bracketed) return std::nullopt;
  return asio::ip::tcp::endpoint(ip, *port);
}

error_code bind_and_listen(Acceptor& acceptor, const asio::generic::stream_protocol::endpoint& at) {
  error_code error;
  acceptor.bind(at, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  return error;
}

// What connect() says, without waiting: 0 and EAGAIN (its backlog is full) mean a live listener.
int try_connect(const asio::local::stream_protocol::endpoint& endpoint) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno;
  const auto size = static_cast<socklen_t>(endpoint.size());
  const int error = ::connect(probe, endpoint.data(), size) == 0 ? 0 : errno;
  ::close(probe);
  return error;
}

Result<> remove_stale(const std::string& path,
                      const asio::local::stream_protocol::endpoint& endpoint) {
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) return {};
  if (!S_ISSOCK(file.st_mode)) {
    return cannot_listen(path,
                         "there is a file that is not a socket; remove it or choose another "
                         "path");
  }
  const int error = try_connect(endpoint);
  if (error == 0 || error == EAGAIN) {
    return cannot_listen(path, "another process is listening there; stop it first");
  }
  if (error != ECONNREFUSED) return cannot_listen(path, text_of(error));
  ::unlink(path.c_str());
  return {};
}

int socket_option(int socket, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

int family_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const bool known = ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  return known ? address.ss_family : AF_UNSPEC;
}

bool is_tcp(int family) {
  return family == AF_INET || family == AF_INET6;
}

std::optional<asio::ip::tcp::endpoint> as_tcp(
    const asio::generic::stream_protocol::endpoint& endpoint) {
  if (!is_tcp(endpoint.protocol().family())) return std::nullopt;
  asio::ip::tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  return tcp;
}

std::optional<asio::ip::tcp::endpoint> tcp_endpoint(const Acceptor& acceptor) {
  error_code error;
  const auto endpoint = acceptor.local_endpoint(error);
  return error ? std::nullopt : as_tcp(endpoint);
}

}  // namespace

Result<Acceptor> listen_tcp(asio::io_context& loop, const std::string& address) {
  const auto endpoint = parse_tcp(address);
  if (!endpoint) {
    return cannot_listen(address,
                         "expected an address and a port like 127.0.0.1:8080 or "
                         "[::1]:8080, or the absolute path of a unix socket");
  }
  Acceptor acceptor(loop);
  error_code error;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) error = bind_and_listen(acceptor, *endpoint);
  if (error) return cannot_listen(address, error.message());
  return acceptor;
}

Result<Acceptor> listen_unix(asio::io_context& loop, const std::string& path, unsigned mode) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return cannot_listen(path, fmt::format("the path of a unix socket has at most {} bytes",
                                           sizeof(sockaddr_un::sun_path) - 1));
  }
  const asio::local::stream_protocol::endpoint endpoint(path);
  if (auto removed = remove_stale(path, endpoint); !removed) {
    return propagate(removed);
  }
  Acceptor acceptor(loop);
  error_code error;
  acceptor.open(asio::local::stream_protocol(), error);
  if (error) return cannot_listen(path, error.message());
  // Linux makes the file with the socket's own mode less the umask: so it is never wider than
  // `mode`, and chmod then gives back what the umask took.
  ::fchmod(acceptor.native_handle(), mode);
  error = bind_and_listen(acceptor, endpoint);
  if (error) return cannot_listen(path, error.message());
  if (::chmod(path.c_str(), mode) != 0) {
    return cannot_listen(path, text_of(errno));
  }
  return acceptor;
}

Result<Acceptor> adopt_listening(asio::io_context& loop, int listening_socket) {
  const auto name = fmt::format("file descriptor {}", listening_socket);
  const int family = family_of(listening_socket);
  if (socket_option(listening_socket, SO_ACCEPTCONN) != 1 ||
      socket_option(listening_socket, SO_TYPE) != SOCK_STREAM ||
      (family != AF_UNIX && !is_tcp(family))) {
    return cannot_listen(name,
                         "expected a listening TCP or unix stream socket; check the "
                         "ListenStream= of the .socket unit");
  }
  Acceptor acceptor(loop);
  error_code error;
  acceptor.assign(asio::generic::stream_protocol(family, 0), listening_socket, error);
  if (error) return cannot_listen(name, error.message());
  ::fcntl(listening_socket, F_SETFD, FD_CLOEXEC);
  return acceptor;
}

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat file{};
  if (::lstat(path_.c_str(), &file) != 0) return;
  device_ = file.st_dev;
  inode_ = file.st_ino;
}

void SocketFile::remove() {
  struct stat file{};
  const bool exists = ::lstat(path_.c_str(), &file) == 0;
  if (exists && file.st_dev == device_ && file.st_ino == inode_) ::unlink(path_.c_str());
}

std::uint16_t tcp_port(const Acceptor& acceptor) {
  const auto endpoint = tcp_endpoint(acceptor);
  return endpoint ? endpoint->port() : std::uint16_t{0};
}

std::string address_text(const Acceptor& acceptor) {
  if (const auto tcp = tcp_endpoint(acceptor)) {
    const std::string host = tcp->address().to_string();
    return tcp->address().is_v6() ? fmt::format("[{}]:{}", host, tcp->port())
                                  : fmt::format("{}:{}", host, tcp->port());
  }
  error_code error;
  const auto endpoint = acceptor.local_endpoint(error);
  if (error) return "?";
  sockaddr_un address{};
  std::memcpy(&address, endpoint.data(), std::min(endpoint.size(), sizeof address - 1));
  // An abstract socket has a name and no file; systemd writes it with an @.
  constexpr std::size_t path_at = offsetof(sockaddr_un, sun_path);
  if (address.sun_path[0] != '\0' || endpoint.size() <= path_at + 1) return address.sun_path;
  return "@" + std::string(address.sun_path + 1, endpoint.size() - path_at - 1);
}

void prepare_accepted(Socket& socket) {
  error_code ignored;  // a socket that died meanwhile fails at its first read
  socket.non_blocking(true, ignored);
  if (is_tcp(family_of(socket.native_handle()))) {
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  }
}

std::string peer_address(Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  const auto tcp = error ? std::nullopt : as_tcp(endpoint);
  return tcp ? tcp->address().to_string() : std::string{};
}

std::optional<PeerCredentials> peer_credentials(Socket& socket) {
  if (family_of(socket.native_handle()) != AF_UNIX) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return PeerCredentials{peer.uid, peer.gid, peer.pid};
}

}  // namespace gatehouse::http
