#pragma once

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "daemon/http/server.hpp"

namespace gatehouse::http {

/// Answers 200 with "METHOD target body" as text.
[[nodiscard]] Handler echo();

/// A handler that holds its requests back until the test lets them go. Outlives the server.
class Gatekeeper {
 public:
  [[nodiscard]] Handler handler();
  /// Waits until `count` requests have reached the handler.
  [[nodiscard]] bool holds(int count) const;
  [[nodiscard]] bool holds_now(int count) const { return latch_->arrived == count; }
  void let_go();

 private:
  struct Latch {
    std::atomic<int> arrived{0};
    std::atomic<bool> open{false};
  };
  std::shared_ptr<Latch> latch_ = std::make_shared<Latch>();
};

/// A server on a loop and thread of its own.
class RunningServer {
 public:
  explicit RunningServer(Limits limits = {}, Handler handler = echo(),
                         const std::string& address = "127.0.0.1:0",
                         std::shared_ptr<boost::asio::ssl::context> tls = {});
  ~RunningServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int count(ServerEvent event) const;
  /// Waits until `event` has been reported `count` times.
  [[nodiscard]] bool sees(ServerEvent event, int count = 1) const;
  [[nodiscard]] std::size_t connections();
  /// Runs `action` on the loop and waits for it.
  void on_loop(const std::function<void(Server&)>& action);
  /// Starts to drain; true once drained() says so.
  void drain();
  [[nodiscard]] bool drained() const;
  /// Destroys the server, on the loop.
  void destroy();

 private:
  void wait_on_loop(const std::function<void()>& action);

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::array<std::atomic<int>, 11> events_{};
  std::atomic<bool> drained_{false};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// Waits for `condition`, some seconds at most.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace gatehouse::http
