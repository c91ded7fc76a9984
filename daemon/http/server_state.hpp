#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "daemon/http/body_budget.hpp"
#include "daemon/http/exchange.hpp"
#include "daemon/http/limits.hpp"
#include "store/values/time.hpp"

namespace gatehouse::http {

/// One open connection, as the server sees it. It lives as long as its coroutine.
class Connection {
 public:
  virtual ~Connection() = default;
  /// The deadline has passed.
  virtual void expire() = 0;
  /// The server drains: an idle connection ends now, a busy one after its answer. One that never
  /// asked anything stays as long as ServerState::awaits_first_requests().
  virtual void drain() = 0;
  /// Ends at once; the coroutine notices at its next step.
  virtual void close() = 0;
  [[nodiscard]] SteadyTime deadline() const { return deadline_; }

 protected:
  SteadyTime deadline_ = SteadyTime::max();
};

/// One listening socket, as the server sees it.
class Listening {
 public:
  virtual ~Listening() = default;
  /// Accepts nothing more.
  virtual void close() = 0;
  /// 0 for a unix socket.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::string address() const = 0;
};

/// What a server, its listeners and its connections share. The connections hold it, so that it
/// outlives the Server until the last coroutine has ended.
class ServerState : public std::enable_shared_from_this<ServerState> {
 public:
  ServerState(boost::asio::io_context& loop, Limits limits, Handler handler, Observer observer);

  boost::asio::io_context& loop_;
  const Limits limits_;
  const Handler handler_;
  HeaderCheck header_check_;  ///< unset: every body is received
  RefusalObserver refusal_observer_;
  BodyBudget bodies_;
  std::shared_ptr<boost::asio::ssl::context> tls_;  ///< for listeners to come
  std::vector<std::shared_ptr<Listening>> listeners_;

  void report(ServerEvent event) const;

  enum class Admission { admitted, refused, dropped };
  /// Room for one more? A few above connections_max are told so (503), the rest is dropped.
  [[nodiscard]] Admission admit() const;
  void add(Connection& connection, Admission admission);
  void remove(Connection& connection);
  [[nodiscard]] std::size_t connections() const { return admitted_.size(); }

  /// An accept loop begins or has ended. What such a loop has accepted, nobody else can serve: so
  /// the server is not drained before the last has ended.
  void begin_accepting() { ++accepting_; }
  void end_accepting();

  [[nodiscard]] bool draining() const { return draining_; }
  /// Draining has only begun (Limits::first_request_grace), or not at all.
  [[nodiscard]] bool awaits_first_requests() const { return !grace_over_; }
  [[nodiscard]] bool closed() const { return closed_; }
  void drain(std::move_only_function<void()> drained);
  void close();
  /// The Server is gone: neither observer nor `drained` may be called any more.
  void orphan();

 private:
  void sweep_later();
  void sweep();
  void end_grace();
  [[nodiscard]] bool busy() const;
  void report_drained();
  template <class Action>
  void for_each_connection(Action action);

  const Observer observer_;
  std::unordered_set<Connection*> admitted_;
  std::unordered_set<Connection*> refused_;
  boost::asio::steady_timer sweep_timer_;
  bool sweeping_ = false;
  boost::asio::steady_timer grace_timer_;
  std::size_t accepting_ = 0;
  bool draining_ = false;
  bool grace_over_ = false;
  bool closed_ = false;
  bool orphaned_ = false;
  std::move_only_function<void()> drained_;
};

}  // namespace gatehouse::http
