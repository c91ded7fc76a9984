#include "tests/daemon/http/running_server.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <stdexcept>

#include "tests/child/child.hpp"

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;

std::size_t index_of(ServerEvent event) {
  return static_cast<std::size_t>(event);
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    child::pause();
  }
  return true;
}

Handler echo() {
  return [](const Request& request) -> asio::awaitable<Answer> {
    Answer answer;
    answer.content_type = "text/plain";
    answer.body.append(request.method_text).append(" ").append(request.target);
    if (!request.body.empty()) answer.body.append(" ").append(request.body);
    co_return answer;
  };
}

Handler Gatekeeper::handler() {
  return [latch = latch_](const Request& request) -> asio::awaitable<Answer> {
    // A copy: the captures of a coroutine lambda live in the lambda, not in the coroutine.
    const auto own_latch = latch;
    ++own_latch->arrived;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!own_latch->open) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    Answer answer;
    answer.content_type = "text/plain";
    answer.body = request.target;
    co_return answer;
  };
}

bool Gatekeeper::holds(int count) const {
  return eventually([this, count] { return holds_now(count); });
}

void Gatekeeper::let_go() {
  latch_->open = true;
}

RunningServer::RunningServer(Limits limits, Handler handler, const std::string& address,
                             std::shared_ptr<asio::ssl::context> tls)
    : work_(loop_.get_executor()),
      server_(std::make_unique<Server>(loop_, limits, std::move(handler),
                                       [this](ServerEvent event) { ++events_[index_of(event)]; })) {
  if (tls) server_->use_tls(std::move(tls));
  if (!address.empty()) {
    const auto listening = server_->listen(address);
    if (!listening) throw std::runtime_error(listening.error().message);
  }
  port_ = server_->port();
  thread_ = std::thread([this] { loop_.run(); });
}

RunningServer::~RunningServer() {
  destroy();
  work_.reset();
  thread_.join();
}

void RunningServer::on_loop(const std::function<void(Server&)>& action) {
  wait_on_loop([&] { action(*server_); });
}

void RunningServer::destroy() {
  wait_on_loop([this] { server_.reset(); });
}

void RunningServer::wait_on_loop(const std::function<void()>& action) {
  std::promise<void> done;
  asio::post(loop_, [&] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

int RunningServer::count(ServerEvent event) const {
  return events_[index_of(event)];
}

bool RunningServer::sees(ServerEvent event, int count) const {
  return eventually([&] { return events_[index_of(event)] >= count; });
}

std::size_t RunningServer::connections() {
  std::size_t connections = 0;
  on_loop([&](Server& server) { connections = server.connections(); });
  return connections;
}

void RunningServer::drain() {
  on_loop([this](Server& server) { server.drain([this] { drained_ = true; }); });
}

bool RunningServer::drained() const {
  return eventually([this] { return drained_.load(); });
}

}  // namespace gatehouse::http
