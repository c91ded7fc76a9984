#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "store/values/time.hpp"

namespace gatehouse::loop {

/// One value on its way from another thread to one coroutine of the loop, with a deadline, so that
/// a value that is never given cannot hold a connection for ever. Everything but a call of the
/// sender happens on the loop's thread, so neither side needs a lock and nobody resumes twice.
template <class T>
class Handover : public std::enable_shared_from_this<Handover<T>> {
 public:
  explicit Handover(boost::asio::io_context& loop) : loop_(loop), timer_(loop) {}

  /// Gives the value, from any thread, while the loop exists. The first call counts; one after the
  /// deadline, or after the coroutine has gone, does nothing.
  [[nodiscard]] auto sender() {
    return [handover = this->weak_from_this(), executor = loop_.get_executor()](T value) {
      boost::asio::post(executor, [handover, value = std::move(value)]() mutable {
        if (const auto receiver = handover.lock()) receiver->give(std::move(value));
      });
    };
  }

  /// nullopt: nothing came in time. Once, by the coroutine that holds this object.
  [[nodiscard]] boost::asio::awaitable<std::optional<T>> receive(milliseconds deadline) {
    if (!value_) {
      timer_.expires_after(deadline);
      boost::system::error_code cancelled_or_expired;
      co_await timer_.async_wait(
          boost::asio::redirect_error(boost::asio::use_awaitable, cancelled_or_expired));
    }
    co_return std::exchange(value_, std::nullopt);
  }

 private:
  void give(T value) {
    if (!value_) value_ = std::move(value);
    timer_.cancel();
  }

  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  std::optional<T> value_;
};

}  // namespace gatehouse::loop
