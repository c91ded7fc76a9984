#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "daemon/http/limits.hpp"
#include "store/values/result.hpp"

namespace gatehouse::http {

class ServerState;

/// An HTTP/1.1 server on one io_context: keep-alive, pipelining, TCP or unix sockets, plain or TLS.
/// A listener survives every accept error. After drain() or close() a server is done: it does not
/// listen again. The loop outlives the server. All calls and the handler are on the loop's thread.
class Server {
 public:
  Server(boost::asio::io_context& loop, Limits limits, Handler handler, Observer observer = {});
  ~Server();

  /// Asks `check` before a body is received. Before the first listener.
  void check_headers(HeaderCheck check);
  /// Before the first listener, too.
  void observe_refusals(RefusalObserver observer);
  /// Serve TLS on every listener added after this. With mTLS the context verifies the peer.
  void use_tls(std::shared_ptr<boost::asio::ssl::context> context);

  /// "127.0.0.1:8080", "[::1]:0", or "/run/x.sock" for a unix socket (made with `unix_mode`; a
  /// stale socket file is replaced, a live one is an error).
  [[nodiscard]] Result<> listen(const std::string& address, unsigned unix_mode = 0660);
  /// Takes over a listening socket that systemd opened.
  [[nodiscard]] Result<> adopt(int listening_socket);

  /// The TCP port of the first listener, for `…:0`; 0 if there is none.
  [[nodiscard]] std::uint16_t port() const;
  /// Where it listens, as listen() takes it, with the real ports.
  [[nodiscard]] std::vector<std::string> addresses() const;
  [[nodiscard]] std::size_t connections() const;
  /// What counts towards Limits::bodies_max_bytes at this moment. Thread-safe.
  [[nodiscard]] std::size_t body_bytes() const;

  /// Stops accepting, closes idle connections, and lets every request that has begun finish; its
  /// answer says `Connection: close`. A connection that never asked anything may do so once within
  /// first_request_grace: its request is most likely on its way. What waits in the backlog of a
  /// passed socket stays there, for whoever holds the socket next. `drained` is called once no
  /// connection is left.
  void drain(std::move_only_function<void()> drained);
  /// Closes everything now.
  void close();

 private:
  std::shared_ptr<ServerState> state_;
};

}  // namespace gatehouse::http
