#include "daemon/http/server.hpp"

#include "daemon/http/listener.hpp"
#include "daemon/http/server_state.hpp"
#include "store/values/result.hpp"

namespace gatehouse::http {
namespace {

Result<> serve_on(const std::shared_ptr<ServerState>& state, Result<Acceptor> acceptor,
                  std::optional<SocketFile> socket_file) {
  if (!acceptor) return propagate(std::move(acceptor));
  auto listener =
      std::make_shared<Listener>(std::move(*acceptor), state->tls_, std::move(socket_file));
  state->listeners_.push_back(listener);
  Listener::start(std::move(listener), state);
  return {};
}

}  // namespace

Server::Server(boost::asio::io_context& loop, Limits limits, Handler handler, Observer observer)
    : state_(std::make_shared<ServerState>(loop, limits, std::move(handler), std::move(observer))) {
}

Server::~Server() {
  state_->orphan();
}

void Server::observe_refusals(RefusalObserver observer) {
  state_->refusal_observer_ = std::move(observer);
}

void Server::check_headers(HeaderCheck check) {
  state_->header_check_ = std::move(check);
}

void Server::use_tls(std::shared_ptr<boost::asio::ssl::context> context) {
  state_->tls_ = std::move(context);
}

Result<> Server::listen(const std::string& address, unsigned unix_mode) {
  if (!address.starts_with('/')) return serve_on(state_, listen_tcp(state_->loop_, address), {});
  auto acceptor = listen_unix(state_->loop_, address, unix_mode);
  return serve_on(state_, std::move(acceptor), SocketFile(address));
}

Result<> Server::adopt(int listening_socket) {
  return serve_on(state_, adopt_listening(state_->loop_, listening_socket), {});
}

std::uint16_t Server::port() const {
  return state_->listeners_.empty() ? std::uint16_t{0} : state_->listeners_.front()->port();
}

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& listener : state_->listeners_) addresses.push_back(listener->address());
  return addresses;
}

std::size_t Server::connections() const {
  return state_->connections();
}

std::size_t Server::body_bytes() const {
  return state_->bodies_.used();
}

void Server::drain(std::move_only_function<void()> drained) {
  state_->drain(std::move(drained));
}

void Server::close() {
  state_->close();
}

}  // namespace gatehouse::http
