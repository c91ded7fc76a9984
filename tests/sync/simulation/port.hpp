#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "store/ledger/ledger.hpp"
#include "sync/delivery/ledger_port.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::simulation {

/// A ledger thread without a thread: what was handed over is committed together a moment later, to
/// a real Ledger, and answered.
class Port final : public LedgerPort {
 public:
  enum class CommitFate {
    succeeds,
    fails,           ///< nothing was kept, and that is what the caller is told
    fails_in_word,   ///< it is on disk, but the caller is told that it failed
    cut_off_before,  ///< the power goes: nothing was kept, and nobody is told anything
    cut_off_after,   ///< the same, right after it reached the disk
  };
  using Fates = std::function<CommitFate()>;

  /// `attest`: after each commit that the callers are told of, and before they are.
  Port(Schedule& schedule, store::Ledger& ledger, Fates fates, std::function<void()> attest);
  void commit(Work work, Done done) override;

 private:
  struct Job {
    Work work;
    Done done;
    Result<> result{};
  };
  struct State;
  std::shared_ptr<State> state_;  ///< events that outlive us find it gone: a crash
};

}  // namespace gatehouse::sync::simulation
