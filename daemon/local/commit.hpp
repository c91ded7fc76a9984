#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "store/ledger_writer.hpp"
#include "store/time.hpp"

namespace gatehouse::local {

/// One work that the ledger thread has, and the request that waits for it.
template <class T>
struct Waiting {
  explicit Waiting(boost::asio::io_context& loop) : timer(loop) {}
  boost::asio::steady_timer timer;
  std::optional<Result<T>> result;
};

/// Hands `work` to the ledger thread and waits for its commit: what it gives is on disk. Everything
/// but `work` runs on `loop`. Remedy::retry: the ledger is busy, or was not done by the deadline
/// (the work may still be done then, so a repetition must be harmless).
template <class T>
boost::asio::awaitable<Result<T>> committed(
    boost::asio::io_context& loop, store::LedgerWriter& writer, milliseconds deadline,
    std::move_only_function<Result<T>(store::Ledger&)> work) {
  auto waiting = std::make_shared<Waiting<T>>(loop);
  waiting->timer.expires_after(deadline);
  std::move_only_function<void(Result<T>)> done = [waiting, &loop](Result<T> result) mutable {
    boost::asio::post(loop, [waiting = std::move(waiting), result = std::move(result)]() mutable {
      waiting->result.emplace(std::move(result));
      waiting->timer.cancel();
    });
  };
  if (!writer.submit<T>(std::move(work), std::move(done))) {
    co_return failure(Remedy::retry, "the ledger is busy or stopping: try again");
  }
  boost::system::error_code cancelled;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, cancelled);
  co_await waiting->timer.async_wait(token);
  if (waiting->result) co_return std::move(*waiting->result);
  co_return failure(Remedy::retry, "the ledger did not commit in time; it may still be done");
}

}  // namespace gatehouse::local
