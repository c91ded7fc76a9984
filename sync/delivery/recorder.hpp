#pragma once

#include <functional>
#include <memory>

#include "store/values/time.hpp"
#include "sync/delivery/ledger_port.hpp"

namespace gatehouse::sync {

/// Writes down outcomes that exist nowhere else yet, until they are on disk: a full disk delays
/// them and never loses them. Whoever owns one keeps its record out of the next choice until
/// `done`, so nothing is sent twice because its outcome could not be written.
/// Not thread-safe: the sync thread owns it. After its destruction no `done` is called.
class Recorder {
 public:
  Recorder(LedgerPort& port, const Clock& clock);

  using Work = std::function<Result<>(store::Ledger&)>;  ///< copied: it may run more than once
  using Done = std::move_only_function<void(Result<>)>;
  /// `done` is called once: with success when the work is on disk, with Remedy::reject when the
  /// ledger will not have it, or with Remedy::repair when what it touches stays damaged: waiting
  /// for that would cost a slot for ever. Anything else is tried again.
  void commit(Work work, Done done);

  /// Hands over again what failed, when its pause is over. Gives when it wants to be called next;
  /// SteadyTime::max() while nothing waits for a repetition.
  SteadyTime turn();

  static constexpr milliseconds pause_min{500};
  static constexpr milliseconds pause_max{30'000};
  /// How often damage is met before it is believed: a bad read may pass.
  static constexpr int damage_tries_max = 3;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gatehouse::sync
