#include "daemon/http/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/http/session.hpp"

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;

// After EMFILE and its kin: long enough not to spin, short beside a client's patience. The
// connections wait in the kernel's backlog meanwhile.
constexpr milliseconds accept_pause{50};

/// Tells the server of an accept loop as long as that runs.
class Accepting {
 public:
  explicit Accepting(ServerState& state) : state_(state) { state_.begin_accepting(); }
  ~Accepting() { state_.end_accepting(); }
  Accepting(const Accepting&) = delete;
  Accepting& operator=(const Accepting&) = delete;

 private:
  ServerState& state_;
};

}  // namespace

Listener::Listener(Acceptor acceptor, std::shared_ptr<asio::ssl::context> tls,
                   std::optional<SocketFile> socket_file)
    : acceptor_(std::move(acceptor)),
      pause_(acceptor_.get_executor()),
      tls_(std::move(tls)),
      socket_file_(std::move(socket_file)) {}

void Listener::start(std::shared_ptr<Listener> listener, std::shared_ptr<ServerState> state) {
  auto& loop = state->loop_;
  asio::co_spawn(loop, accept_all(std::move(listener), std::move(state)), asio::detached);
}

void Listener::close() {
  if (!acceptor_.is_open()) return;
  boost::system::error_code ignored;
  if (socket_file_) socket_file_->remove();
  acceptor_.close(ignored);
  pause_.cancel();
}

asio::awaitable<void> Listener::accept_all(std::shared_ptr<Listener> self,
                                           std::shared_ptr<ServerState> state) {
  const Accepting accepting(*state);
  while (self->acceptor_.is_open()) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    Socket socket = co_await self->acceptor_.async_accept(token);
    if (!error) {
      // Closed meanwhile or not: this one is out of the kernel's backlog, and ours to serve.
      self->welcome(state, std::move(socket));
      continue;
    }
    if (!self->acceptor_.is_open()) co_return;
    state->report(ServerEvent::accept_failed);
    self->pause_.expires_after(accept_pause);
    co_await self->pause_.async_wait(token);
  }
}

void Listener::welcome(const std::shared_ptr<ServerState>& state, Socket socket) {
  if (state->closed()) return;
  const auto admission = state->admit();
  if (admission != ServerState::Admission::admitted) state->report(ServerEvent::connection_refused);
  if (admission == ServerState::Admission::dropped) return;
  prepare_accepted(socket);
  start_session(state, std::move(socket), tls_, admission);
}

}  // namespace gatehouse::http
