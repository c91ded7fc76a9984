#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/cache.hpp"
#include "store/ledger_writer.hpp"
#include "store/time.hpp"
#include "sync/destination_status.hpp"
#include "sync/options.hpp"
#include "sync/transport.hpp"

namespace gatehouse::sync {

struct FeedOptions {
  std::string url;  ///< '' : no feed, the cache stays as it is
  Login login;
  std::size_t batch_max = 1000;   ///< documents a request: `limit=`
  milliseconds longpoll{60'000};  ///< how long the server may wait: `timeout=`
};

struct SyncOptions {
  std::string store_id;
  std::filesystem::path ledger_file;
  FeedOptions feed;
  CloudOptions cloud;
  JwoOptions jwo;
  AwsCredentials aws;
};

struct FeedStatus {
  bool configured = false;
  store::FeedPosition position;
  std::int64_t shoppers = 0;
  std::uint64_t changes_applied = 0;
  std::uint64_t documents_ignored = 0;
  std::string last_error;  ///< '' while the feed is well
};

struct SyncStatus {
  FeedStatus feed;
  DestinationStatus cloud;
  DestinationStatus payments;
};

/// The sync thread: feed, deliveries and settlement on one curl multi handle. It is the only
/// user of `cache`, and writes to the ledger only through `ledger`. Starts without a network.
class SyncThread {
 public:
  SyncThread(SyncOptions options, store::CacheWriter cache, store::LedgerWriter& ledger,
             const Clock& clock, Chance chance);
  ~SyncThread();

  [[nodiscard]] Result<> start();
  /// Stops starting requests, gives those in flight up to `grace` to end and records their
  /// outcomes, then joins. What is cut off is in the ledger as unknown. Idempotent.
  void stop(milliseconds grace);

  /// Something was committed: look for work. Thread-safe, cheap, never blocks.
  void wake();
  /// Thread-safe.
  [[nodiscard]] SyncStatus status() const;
  /// Counts up with every turn of the loop, at least once a second. Thread-safe.
  [[nodiscard]] std::uint64_t turns() const noexcept;
  /// The gate's question about an unknown shopper, sent to `cloud.url + path`. `done` is called
  /// exactly once, on the sync thread: the body of a 200, or nullopt. Thread-safe.
  void ask(std::string path, std::string body, milliseconds deadline,
           std::function<void(std::optional<std::string>)> done);
  /// New cloud credentials or limits after SIGHUP, taken over between two turns. Thread-safe.
  void reload(SyncOptions options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::sync
