#pragma once

#include <optional>

#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "sync/clock/clock_evidence.hpp"
#include "sync/clock/clock_status.hpp"
#include "sync/clock/kernel_clock.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// A transport that compares the `Date` of each answer with our clock, and watches that clock:
/// whether it is set, and what speaks for it. Passes everything on unchanged. Where the clock went
/// back, in this run or before it, what waits in the ledger is brought forward by as much
/// (store::Ledger::bring_forward): a clock that was ahead for a moment puts nothing off. Where it
/// goes forward, everything comes due early, which is as it should be. Once the clock is confirmed,
/// the ledger hears when it was really opened (store::Ledger::confirm_opening). Not thread-safe:
/// the sync thread owns it.
class ClockWatch final : public Transport {
 public:
  /// What it works with outlives it.
  ClockWatch(Transport& transport, LedgerPort& port, const Clock& clock, const KernelClock& kernel);

  std::uint64_t start(Request request, Done done) override;
  void cancel(std::uint64_t id) override { transport_.cancel(id); }

  /// Looks at the clocks. To be called at least once a second; gives when it wants to be called at
  /// the latest. It writes to no ledger before ledger_is_open().
  SteadyTime turn();
  /// Once. `confirmed`: LedgerReader::confirmed_time(); where it could not be read, nothing is
  /// noted in its place in this run. `behind`: how far the clock stood below the time of the last
  /// write of the run before; `lead`: how far it was ahead of the steady one when that was looked
  /// at, nullopt: just now.
  void ledger_is_open(const Result<std::optional<WallTime>>& confirmed, milliseconds behind,
                      std::optional<milliseconds> lead = std::nullopt);

  [[nodiscard]] const ClockStatus& status() const { return status_; }

  /// A difference of the two clocks from one turn to the next that is a step, and no slewing.
  static constexpr milliseconds step_min{2'000};
  /// So long after a step nothing is called late by the clock alone.
  static constexpr std::chrono::minutes step_grace{10};
  /// So long a clock that nothing speaks for, and nothing against, is not plausible.
  static constexpr std::chrono::minutes quiet_grace{15};
  static constexpr std::chrono::seconds kernel_asked_every{30};
  /// What the ledger does not take for damage is tried again after this.
  static constexpr std::chrono::minutes pause_after_damage{1};

 private:
  void look_for_step();
  [[nodiscard]] bool is_plausible(milliseconds since_boot) const;
  void note_confirmed(WallTime now, milliseconds since_boot);
  void confirm_opening(WallTime now, milliseconds since_boot);
  void bring_forward(milliseconds by);

  Transport& transport_;
  const Clock& clock_;
  const KernelClock& kernel_;
  Recorder recorder_;
  ClockEvidence evidence_;
  ClockStatus status_;
  std::optional<milliseconds> lead_;  ///< of the wall clock before the boot clock
  std::optional<milliseconds> stepped_at_;
  milliseconds unconfirmed_since_;
  milliseconds quiet_since_;  ///< the start, or the last step
  std::size_t bringing_ = 0;  ///< commits under way
  milliseconds to_bring_{0};  ///< by so much more, once they are through
  std::optional<milliseconds> kernel_asked_at_;
  std::optional<milliseconds> opened_at_;  ///< the ledger; nullopt: it is not open yet
  milliseconds confirm_opening_at_{0};     ///< at the soonest; max: it is done, or under way
  bool noting_ = false;
  bool may_note_ = true;  ///< what is on disk is known
};

}  // namespace gatehouse::sync
