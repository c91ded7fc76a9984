#include "daemon/local/ledger/local_ledger.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/local/warnings/warnings.hpp"
#include "daemon/loop/commit.hpp"

namespace gatehouse::local {
namespace {

/// Of this many parts of its time the local API spends one on counting.
constexpr int count_share = 20;
/// A count may have been long for something that is over: a cold disk, a process that was stopped.
/// Warnings about money, and whether an upgrade may begin, follow what was counted.
constexpr std::chrono::seconds counts_ceiling{30};

}  // namespace

LocalLedger::LocalLedger(std::filesystem::path file, store::LedgerThread& writer,
                         const Clock& clock, boost::asio::io_context& loop,
                         LocalLedgerLimits limits)
    : file_(std::move(file)), writer_(writer), clock_(clock), loop_(loop), limits_(limits) {}

Result<> LocalLedger::open() {
  if (reader_.is_open()) return {};
  if (!writer_.opened()) {
    return failure(Remedy::retry, "the ledger is not open: " + why_not_open(writer_.trouble()));
  }
  auto opened = store::LedgerReader::open(file_);
  if (!opened) return propagate(std::move(opened));
  reader_ = std::move(*opened);
  return {};
}

Result<store::LedgerCounts> LocalLedger::counts() {
  if (Result<> opened = open(); !opened) return propagate(std::move(opened));
  return reader_.counts(clock_.wall() - expired_recently);
}

const CountedLedger& LocalLedger::recent_counts() {
  const SteadyTime now = clock_.steady();
  if (count_again_at_ && now < *count_again_at_) return counted_;
  const auto now_counted = counts();
  counted_.unreadable = now_counted ? "" : now_counted.error().message;
  if (now_counted) counted_.counts = *now_counted;
  const SteadyTime ended = clock_.steady();
  const SteadyTime::duration share = (count_share - 1) * (ended - now);
  const SteadyTime::duration shortest = limits_.counts_max_age;
  const SteadyTime::duration longest = std::max(shortest, SteadyTime::duration(counts_ceiling));
  count_again_at_ = ended + (now_counted ? std::clamp(share, shortest, longest) : shortest);
  return counted_;
}

boost::asio::awaitable<Result<>> LocalLedger::commit(
    std::move_only_function<Result<>(store::Ledger&)> work) {
  auto committing = loop::committed<void>(loop_, writer_, limits_.commit_deadline, std::move(work));
  auto done = co_await std::move(committing);
  if (done) count_again_at_.reset();
  co_return done;
}

}  // namespace gatehouse::local
