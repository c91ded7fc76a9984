#pragma once

#include <functional>

#include "store/ledger/ledger.hpp"

namespace gatehouse::sync {

/// How the sync thread writes to the ledger: the work runs on the ledger thread inside a group
/// commit, and `done` comes back on the sync thread, from its loop, once it is on disk (or is
/// not). Exactly one `done` for each commit(). A refused hand-over (queue full) is Remedy::retry.
/// Implementations: the sync thread's (over store::LedgerThread) and the simulation of the tests,
/// which applies the work to a real Ledger under a simulated clock.
class LedgerPort {
 public:
  virtual ~LedgerPort() = default;
  using Work = std::move_only_function<Result<>(store::Ledger&)>;
  using Done = std::move_only_function<void(Result<>)>;
  virtual void commit(Work work, Done done) = 0;
};

}  // namespace gatehouse::sync
