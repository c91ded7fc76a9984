#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/loop/handover.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/values/time.hpp"

namespace gatehouse::loop {

/// Hands `work` to the ledger thread and waits for its commit: what it gives is on disk. Everything
/// but `work` runs on `loop`. Remedy::retry: the ledger is busy, or was not done by the deadline
/// (the work may still be done then, so a repetition must be harmless).
template <class T>
boost::asio::awaitable<Result<T>> committed(
    boost::asio::io_context& loop, store::LedgerThread& ledger, milliseconds deadline,
    std::move_only_function<Result<T>(store::Ledger&)> work) {
  const auto handover = std::make_shared<Handover<Result<T>>>(loop);
  if (!ledger.submit<T>(std::move(work), handover->sender())) {
    co_return failure(Remedy::retry, "the ledger has too much work waiting, or is stopping");
  }
  std::optional<Result<T>> result = co_await handover->receive(deadline);
  if (result) co_return *std::move(result);
  co_return failure(Remedy::retry, "the ledger did not commit in time; it may still be done");
}

}  // namespace gatehouse::loop
