#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "store/ledger/ledger_thread.hpp"
#include "store/values/mutex.hpp"
#include "sync/delivery/ledger_port.hpp"

namespace gatehouse::sync {

/// What other threads hand to the sync thread. Shared with them, since the ledger thread may still
/// answer when the sync thread has gone.
class Inbox {
 public:
  using Task = std::move_only_function<void()>;

  /// `wake` ends the loop's wait; it is never called once close() has returned.
  explicit Inbox(std::move_only_function<void()> wake);

  /// False: closed; the task was destroyed, not run. Thread-safe.
  bool post(Task task);
  /// Runs what was posted before, in order. On the sync thread.
  void run();
  /// Accepts nothing more, then runs what was accepted. Idempotent.
  void close();

 private:
  [[nodiscard]] std::vector<Task> take();

  Mutex mutex_;
  std::vector<Task> tasks_ GUARDED_BY(mutex_);
  std::move_only_function<void()> wake_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

/// The sync thread's way to the ledger: the work goes to the ledger thread, `done` comes back
/// through the inbox; after the inbox was closed it does not come any more.
class LedgerInbox final : public LedgerPort {
 public:
  LedgerInbox(store::LedgerThread& ledger, std::shared_ptr<Inbox> inbox);
  void commit(Work work, Done done) override;

 private:
  store::LedgerThread& ledger_;
  std::shared_ptr<Inbox> inbox_;
};

}  // namespace gatehouse::sync
