#pragma once

#include <sys/types.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/http/exchange.hpp"
#include "store/values/result.hpp"

namespace gatehouse::http {

/// TCP and unix sockets alike.
using Socket = boost::asio::generic::stream_protocol::socket;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

[[nodiscard]] Result<Acceptor> listen_tcp(boost::asio::io_context& loop,
                                          const std::string& address);
/// The socket file never has more rights than `mode`, not even for a moment. A socket file without
/// a listener is replaced; one with a listener, and any other file, is an error and stays.
[[nodiscard]] Result<Acceptor> listen_unix(boost::asio::io_context& loop, const std::string& path,
                                           unsigned mode);
/// On success the acceptor owns `listening_socket`, on failure the caller still does.
[[nodiscard]] Result<Acceptor> adopt_listening(boost::asio::io_context& loop, int listening_socket);

/// The file of a unix socket that this process has just made.
class SocketFile {
 public:
  explicit SocketFile(std::string path);
  /// Removes it, unless another process has put its own in its place.
  void remove();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// 0 where it is not TCP.
[[nodiscard]] std::uint16_t tcp_port(const Acceptor& acceptor);
/// "127.0.0.1:8080", "[::1]:8080", the path of a unix socket, or "@" and an abstract one's name.
[[nodiscard]] std::string address_text(const Acceptor& acceptor);
/// Makes an accepted socket ready for use: answers leave at once (TCP_NODELAY).
void prepare_accepted(Socket& socket);
/// The IP address of the other end, without port; '' where it is not TCP or has gone.
[[nodiscard]] std::string peer_address(Socket& socket);
/// Unix sockets only.
[[nodiscard]] std::optional<PeerCredentials> peer_credentials(Socket& socket);

}  // namespace gatehouse::http
