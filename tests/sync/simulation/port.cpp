#include "tests/sync/simulation/port.hpp"

#include <span>
#include <utility>

namespace gatehouse::sync::simulation {
namespace {

constexpr milliseconds commit_takes{2};

}  // namespace

struct Port::State {
  void write() {
    auto batch = std::exchange(waiting, {});
    write(batch);
  }

  void write(std::span<Job> batch) {
    const CommitFate fate = fates();
    Result<> committed = ledger.begin();
    for (std::size_t i = 0; i < batch.size() && committed; ++i) {
      Job& job = batch[i];
      committed = ledger.attempt([&] { return (job.result = job.work(ledger)).has_value(); });
      if (job.result || job.result.error().remedy != Remedy::repair) continue;
      ledger.rollback();  // as of a LedgerThread: the others without the one that met damage
      if (i > 0) write(batch.first(i));
      job.done(std::move(job.result));
      if (i + 1 < batch.size()) write(batch.subspan(i + 1));
      return;
    }
    const bool kept = fate != CommitFate::fails && fate != CommitFate::cut_off_before;
    if (committed && kept) {
      committed = ledger.commit();
    } else {
      ledger.rollback();
    }
    if (fate == CommitFate::cut_off_before || fate == CommitFate::cut_off_after) return;
    if (committed && fate == CommitFate::succeeds) attest();
    if (fate != CommitFate::succeeds) committed = failure(Remedy::retry, "the disk is full");
    if (!committed) committed.error().remedy = Remedy::retry;  // as of a LedgerThread
    for (auto& job : batch) job.done(committed ? std::move(job.result) : committed);
  }

  Schedule& schedule;
  store::Ledger& ledger;
  Fates fates;
  std::function<void()> attest;
  std::vector<Job> waiting{};
};

Port::Port(Schedule& schedule, store::Ledger& ledger, Fates fates, std::function<void()> attest)
    : state_(std::make_shared<State>(schedule, ledger, std::move(fates), std::move(attest))) {}

void Port::commit(Work work, Done done) {
  state_->waiting.push_back({std::move(work), std::move(done)});
  if (state_->waiting.size() > 1) return;
  state_->schedule.after(commit_takes, [weak = std::weak_ptr(state_)] {
    if (const auto self = weak.lock()) self->write();
  });
}

}  // namespace gatehouse::sync::simulation
