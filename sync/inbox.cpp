#include "sync/inbox.hpp"

#include <utility>

namespace gatehouse::sync {

Inbox::Inbox(std::move_only_function<void()> wake) : wake_(std::move(wake)) {}

bool Inbox::post(Task task) {
  MutexLock lock(mutex_);
  if (closed_) return false;
  tasks_.push_back(std::move(task));
  wake_();
  return true;
}

std::vector<Inbox::Task> Inbox::take() {
  MutexLock lock(mutex_);
  return std::exchange(tasks_, {});
}

void Inbox::run() {
  for (Task& task : take()) task();
}

void Inbox::close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  run();
}

LedgerInbox::LedgerInbox(store::LedgerThread& ledger, std::shared_ptr<Inbox> inbox)
    : ledger_(ledger), inbox_(std::move(inbox)) {}

void LedgerInbox::commit(Work work, Done done) {
  // Shared, because a refused submit() has taken its functions all the same.
  auto waiting = std::make_shared<Done>(std::move(done));
  auto answer = [inbox = inbox_, waiting](Result<> result) {
    inbox->post([waiting, result = std::move(result)]() mutable { (*waiting)(std::move(result)); });
  };
  if (!ledger_.submit<void>(std::move(work), answer)) {
    answer(failure(Remedy::retry, "the ledger takes no more work at the moment"));
  }
}

}  // namespace gatehouse::sync
