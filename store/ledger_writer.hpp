#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "store/ledger.hpp"

namespace gatehouse::store {

struct LedgerWriterOptions {
  /// Work that may wait. At the limit submit() refuses with Remedy::retry, which a gate answers
  /// with 503: the caller still has the cart and comes back.
  std::size_t queue_max = 4096;
  /// Work in one commit. More waits for the next.
  std::size_t batch_max = 512;
};

/// The ledger thread: collects what waits, commits it in one transaction, then answers all of it
/// (group commit). One fsync serves everyone who came while the last one ran.
class LedgerWriter {
 public:
  /// Takes the opened ledger. `file` is used to reopen it after an I/O error.
  LedgerWriter(Ledger ledger, std::filesystem::path file, LedgerWriterOptions options = {});
  /// Commits and answers what was accepted, then joins.
  ~LedgerWriter();
  LedgerWriter(const LedgerWriter&) = delete;
  LedgerWriter& operator=(const LedgerWriter&) = delete;

  /// Runs `work` on the ledger thread inside a transaction, commits, and only then calls `done`
  /// with what `work` gave, on the ledger thread: so `done` must only hand over (post to a loop).
  /// When `work` fails, nothing of it is kept and the rest of its batch is. When the commit fails,
  /// every `done` of the batch gets that error, and nothing of the batch was kept.
  /// False: not accepted (queue full or stopped), and `done` is never called. Thread-safe.
  template <class T>
  [[nodiscard]] bool submit(std::move_only_function<Result<T>(Ledger&)> work,
                            std::move_only_function<void(Result<T>)> done);

  /// Stops accepting, commits and answers what was accepted, joins. Idempotent.
  void stop();

  /// Counts up with every turn of the thread: the watchdog's proof of progress. The thread turns
  /// at least once a second also when there is nothing to do. Thread-safe.
  [[nodiscard]] std::uint64_t turns() const noexcept;

  /// '' while the last commit succeeded, else why it did not (disk full, I/O error). Thread-safe.
  [[nodiscard]] std::string trouble() const;

  /// Called on the ledger thread after each successful commit, e.g. to wake the sync thread. Set
  /// before the first submit.
  void on_commit(std::move_only_function<void()> listener);

 private:
  struct Job {
    std::move_only_function<void(Ledger&)> run;              ///< stores its own result
    std::move_only_function<void(const Result<>&)> answer;   ///< with how the commit went
  };
  bool enqueue(Job job);
  // (the rest is the implementation's)
};

}  // namespace gatehouse::store
