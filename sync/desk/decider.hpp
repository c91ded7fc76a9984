#pragma once

#include <cstdint>
#include <unordered_set>

#include "store/ledger/ledger_reader.hpp"
#include "sync/delivery/ledger_port.hpp"
#include "sync/delivery/quarantine.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::sync {

/// Carries out the words of the payments desk that are on disk (store::Ledger::record_attempt), by
/// the rules of an operator's act (decision.hpp). Each is carried out or refused once, in one
/// commit with the change; while a call is under way for its trip it waits. One that cannot be read
/// or written is left out for a while and keeps no other from being carried out. Not thread-safe:
/// the sync thread owns it; what it is given outlives it.
class Decider {
 public:
  Decider(Owed owed, store::LedgerReader& reader, LedgerPort& port, const Clock& clock);

  /// To be called after each wake, and no later than the time it gives.
  SteadyTime turn();
  [[nodiscard]] std::size_t in_flight() const { return busy_.size(); }
  [[nodiscard]] const Quarantine& quarantine() const { return quarantine_; }
  /// Begins no further one.
  void stop() { stopping_ = true; }
  void reload(Owed owed) { owed_ = std::move(owed); }

  /// So many are looked at in one turn.
  static constexpr std::size_t page = 32;
  static constexpr milliseconds pause{1'000};

 private:
  void carry_out(const store::Decision& decision);
  void write(store::DecisionOutcome outcome);
  void keep_out(std::int64_t trip, const Error& error);

  Owed owed_;
  store::LedgerReader& reader_;
  const Clock& clock_;
  Recorder recorder_;
  Quarantine quarantine_;
  std::unordered_set<std::int64_t> busy_;  ///< by trip
  std::int64_t after_ = 0;                 ///< where the page before ended
  SteadyTime not_before_{};
  bool stopping_ = false;
};

}  // namespace gatehouse::sync
