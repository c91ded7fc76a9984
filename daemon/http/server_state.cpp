#include "daemon/http/server_state.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace gatehouse::http {
namespace {

// One coarse timer checks all deadlines: re-arming a timer at every read and write costs the hot
// path more than parsing does. So a limit is overrun by a tenth, 250 ms at most.
milliseconds sweep_interval(const Limits& limits) {
  const auto shortest = std::min({limits.request_max, limits.idle_max, limits.write_max});
  return std::clamp(shortest / 10, milliseconds{5}, milliseconds{250});
}

// How many connections above connections_max are told why before they are closed.
constexpr std::size_t refused_max = 64;

}  // namespace

ServerState::ServerState(boost::asio::io_context& loop, Limits limits, Handler handler,
                         Observer observer)
    : loop_(loop),
      limits_(limits),
      handler_(std::move(handler)),
      bodies_(std::max(limits.bodies_max_bytes, 2 * limits.body_max_bytes)),
      observer_(std::move(observer)),
      sweep_timer_(loop),
      grace_timer_(loop) {}

void ServerState::report(ServerEvent event) const {
  if (observer_ && !orphaned_) observer_(event);
}

ServerState::Admission ServerState::admit() const {
  if (admitted_.size() < limits_.connections_max) return Admission::admitted;
  return refused_.size() < refused_max ? Admission::refused : Admission::dropped;
}

void ServerState::add(Connection& connection, Admission admission) {
  if (admission == Admission::refused) {
    refused_.insert(&connection);
  } else {
    admitted_.insert(&connection);
    report(ServerEvent::accepted);
  }
  sweep_later();
}

void ServerState::remove(Connection& connection) {
  refused_.erase(&connection);
  if (admitted_.erase(&connection) > 0) report(ServerEvent::closed);
  if (!admitted_.empty() || !refused_.empty()) return;
  sweep_timer_.cancel();
  report_drained();
}

void ServerState::end_accepting() {
  --accepting_;
  report_drained();
}

template <class Action>
void ServerState::for_each_connection(Action action) {
  for (Connection* connection : admitted_) action(*connection);
  for (Connection* connection : refused_) action(*connection);
}

void ServerState::sweep_later() {
  if (std::exchange(sweeping_, true)) return;
  sweep_timer_.expires_after(sweep_interval(limits_));
  sweep_timer_.async_wait([self = shared_from_this()](boost::system::error_code) {
    self->sweeping_ = false;
    self->sweep();
  });
}

void ServerState::sweep() {
  const auto now = std::chrono::steady_clock::now();
  for_each_connection([now](Connection& connection) {
    if (connection.deadline() <= now) connection.expire();
  });
  if (!admitted_.empty() || !refused_.empty()) sweep_later();
}

void ServerState::drain(std::move_only_function<void()> drained) {
  draining_ = true;
  drained_ = std::move(drained);
  for (const auto& listener : listeners_) listener->close();
  for_each_connection([](Connection& connection) { connection.drain(); });
  grace_timer_.expires_after(limits_.first_request_grace);
  grace_timer_.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
    if (!stopped) self->end_grace();
  });
  report_drained();
}

void ServerState::end_grace() {
  grace_over_ = true;
  for_each_connection([](Connection& connection) { connection.drain(); });
}

bool ServerState::busy() const {
  return accepting_ > 0 || !admitted_.empty() || !refused_.empty();
}

void ServerState::report_drained() {
  if (!draining_ || busy()) return;
  grace_timer_.cancel();
  if (!drained_ || orphaned_) return;
  boost::asio::post(loop_,
                    [self = shared_from_this(), drained = std::exchange(drained_, {})]() mutable {
                      if (!self->orphaned_) drained();
                    });
}

void ServerState::close() {
  draining_ = true;
  closed_ = true;
  grace_timer_.cancel();
  for (const auto& listener : listeners_) listener->close();
  for_each_connection([](Connection& connection) { connection.close(); });
}

void ServerState::orphan() {
  orphaned_ = true;
  close();
}

}  // namespace gatehouse::http
