#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/cache/cache.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/turns/turns.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/time.hpp"
#include "sync/cloud/question.hpp"
#include "sync/sync_options.hpp"
#include "sync/sync_status.hpp"

namespace gatehouse::sync {

/// The sync thread: feed, deliveries and settlement on one curl multi handle. It is the only
/// user of the cache's writer and home, and writes to the ledger only through `ledger`. Starts
/// without a network, and without a ledger: deliveries and settlement begin by themselves once
/// `ledger` is open. Calls that a process before this one left without a known outcome are resolved
/// first.
class SyncThread {
 public:
  /// `cache.home`, `ledger` and `clock` outlive it. `ledger` is stopped after it.
  SyncThread(SyncOptions options, ServedCache cache, store::LedgerThread& ledger,
             const Clock& clock, Chance chance);
  ~SyncThread();

  /// Fails where libcurl cannot be used; then nothing runs. Once only.
  [[nodiscard]] Result<> start();
  /// Stops starting requests, gives those in flight up to `grace` to end and records their
  /// outcomes, then joins. What is cut off is in the ledger as unknown. Idempotent.
  void stop(milliseconds grace);

  /// Something was committed: look for work. Thread-safe, cheap, never blocks.
  void wake();
  /// As of the last turn. Thread-safe.
  [[nodiscard]] SyncStatus status() const;
  /// Two signs speak for the wall clock (clock_evidence.hpp). Thread-safe, never blocks.
  [[nodiscard]] bool clock_confirmed() const noexcept;
  /// When the cache was in step with the feed in this run, the last time; nullopt: not yet.
  /// Thread-safe, never blocks.
  [[nodiscard]] std::optional<SteadyTime> synced_at() const noexcept;
  /// Counts up with every turn of the loop, at least once a second. Thread-safe.
  [[nodiscard]] std::uint64_t turns() const noexcept { return turning().total(); }
  [[nodiscard]] const Turns& turning() const noexcept;
  /// What the thread waits for the disk. Thread-safe.
  [[nodiscard]] const DiskTime& disk_time() const noexcept;
  /// The gate's question about an unknown shopper, sent to `cloud.url + path`. `done` is called
  /// exactly once: the body of a 200, or nullopt, also when asks_max questions are open already. On
  /// the sync thread, or inside this call where that does not run. Thread-safe.
  void ask(std::string path, std::string body, milliseconds deadline,
           std::function<void(std::optional<std::string>)> done);
  /// The reader that the gate had before it was handed another one. Thread-safe.
  void take_back(store::CacheReader reader);
  /// New credentials, addresses or limits after SIGHUP, taken over between two turns; `store_id`
  /// and `ledger_file` stay. Thread-safe.
  void reload(SyncOptions options);

  static constexpr std::size_t asks_max = CloudQuestions::open_max;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::sync
