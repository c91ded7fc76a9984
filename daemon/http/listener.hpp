#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "daemon/http/server_state.hpp"
#include "daemon/http/sockets.hpp"

namespace gatehouse::http {

/// One listening socket. It accepts until it is closed, whatever accept() says meanwhile.
class Listener final : public Listening {
 public:
  /// `socket_file`: a unix socket's own file, removed at close; none for TCP and for sockets that
  /// belong to systemd.
  Listener(Acceptor acceptor, std::shared_ptr<boost::asio::ssl::context> tls,
           std::optional<SocketFile> socket_file);
  ~Listener() override { close(); }

  /// Starts accepting for `state`, in a coroutine that holds both.
  static void start(std::shared_ptr<Listener> listener, std::shared_ptr<ServerState> state);
  void close() override;
  [[nodiscard]] std::uint16_t port() const override { return tcp_port(acceptor_); }
  [[nodiscard]] std::string address() const override { return address_text(acceptor_); }

 private:
  static boost::asio::awaitable<void> accept_all(std::shared_ptr<Listener> self,
                                                 std::shared_ptr<ServerState> state);
  void welcome(const std::shared_ptr<ServerState>& state, Socket socket);

  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::optional<SocketFile> socket_file_;
};

}  // namespace gatehouse::http
