#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::local {

struct LocalLedgerLimits {
  milliseconds commit_deadline;
  milliseconds counts_max_age;
};

/// What the ledger counted when it was last asked.
struct CountedLedger {
  store::LedgerCounts counts;
  std::string unreadable;  ///< why it could not be counted the last time, ''
};

/// The ledger as the local API uses it: reads over a connection of its own, which is opened as soon
/// as the ledger thread has opened the file; changes through that thread. Everything on `loop`.
class LocalLedger {
 public:
  LocalLedger(std::filesystem::path file, store::LedgerThread& writer, const Clock& clock,
              boost::asio::io_context& loop, LocalLedgerLimits limits);

  /// Remedy::retry: there is no ledger at the moment.
  [[nodiscard]] Result<> open();
  /// Only after open().
  [[nodiscard]] store::LedgerReader& reader() { return reader_; }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  [[nodiscard]] Result<store::LedgerCounts> counts();
  /// Never of before the last commit(). Else used for counts_max_age; where counting takes long,
  /// for longer, so that it takes a twentieth of the time, but for 30 s at most: above 1.5 s a
  /// count takes more than its share. That it could not be counted is believed for counts_max_age
  /// only.
  [[nodiscard]] const CountedLedger& recent_counts();

  /// Has the ledger thread do `work`, and waits for its commit: see loop::committed().
  template <class T>
  boost::asio::awaitable<Result<T>> commit(
      std::move_only_function<Result<T>(store::Ledger&)> work) {
    // Shared, because the work may be done after the wait was given up.
    const auto given = std::make_shared<std::optional<T>>();
    auto committing =
        commit([work = std::move(work), given](store::Ledger& into) mutable -> Result<> {
          auto done = work(into);
          if (!done) return propagate(std::move(done));
          given->emplace(std::move(*done));
          return {};
        });
    const auto done = co_await std::move(committing);
    if (!done) co_return propagate(done);
    co_return std::move(**given);
  }
  /// In one unit for all: what waits is slow to compile.
  boost::asio::awaitable<Result<>> commit(std::move_only_function<Result<>(store::Ledger&)> work);

 private:
  std::filesystem::path file_;
  store::LedgerThread& writer_;
  const Clock& clock_;
  boost::asio::io_context& loop_;
  LocalLedgerLimits limits_;
  store::LedgerReader reader_{};
  CountedLedger counted_{};
  std::optional<SteadyTime> count_again_at_{};
};

}  // namespace gatehouse::local
