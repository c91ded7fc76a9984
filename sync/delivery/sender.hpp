#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "sync/delivery/destination.hpp"
#include "sync/delivery/destination_status.hpp"
#include "sync/delivery/quarantine.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/delivery/surroundings.hpp"

namespace gatehouse::sync {

/// What a slot waits for: an answer, or that the ledger takes an outcome down.
struct Wait {
  SteadyTime since;
  SteadyTime until;  ///< when the call times out; what has no time-out: as `since`
};

/// What forwarder and settler have in common, whatever it is that they send: one destination, a
/// recorder for the outcomes, and how the ledger stands with them. What the ledger cannot give, or
/// cannot take down, is kept out of every choice; any other refusal of it, which should not happen,
/// makes them pause.
///
/// Not thread-safe: the sync thread owns it.
class Sender {
 public:
  explicit Sender(const Surroundings& surroundings);

  /// One turn: outcomes go on being written down; `start_due` is called where `may_start`, unless
  /// it was stopped or pauses. Gives when the next turn is wanted at the latest.
  template <class StartDue>
  SteadyTime turn(bool may_start, StartDue start_due) {
    const SteadyTime recording = recorder_.turn();
    if (stopping_ || !may_start) return recording;
    if (clock_.steady() < paused_until_) return std::min(recording, paused_until_);
    return std::min(recording, start_due());
  }

  /// `missing`: what must be set before anything can be sent, '' : nothing. Then it is not open.
  [[nodiscard]] DestinationStatus status(bool configured, std::string missing) const;

  /// That begins now.
  [[nodiscard]] Wait wait(milliseconds at_most = milliseconds{0}) const {
    return {clock_.steady(), clock_.steady() + at_most};
  }
  /// Adds what the slots say, each of which has a `wait`.
  template <class Slots>
  void add_waits(const Slots& busy, DestinationStatus& status) const {
    const auto now = clock_.steady();
    for (const auto& [id, slot] : busy) {
      const auto waited = std::chrono::floor<milliseconds>(now - slot.wait.since);
      status.longest_wait = std::max(status.longest_wait.value_or(milliseconds{0}), waited);
      status.overdue =
          std::max(status.overdue, std::chrono::floor<milliseconds>(now - slot.wait.until));
    }
  }

  [[nodiscard]] Destination& destination() { return destination_; }
  [[nodiscard]] const Destination& destination() const { return destination_; }
  [[nodiscard]] Recorder& recorder() { return recorder_; }

  /// The ledger could not be read. Gives when to try again.
  [[nodiscard]] SteadyTime ledger_failed(const Error& error);
  /// It could be read, all that was asked for.
  void ledger_was_read() { ledger_error_.clear(); }
  /// Nothing is started for a while.
  void pause(std::string reason);

  /// Leaves it out of every choice until then; where the quarantine is full, pauses instead.
  /// `due_at`: as in Quarantine.
  void keep_out(std::int64_t id, SteadyTime until, std::string reason,
                std::optional<WallTime> due_at = std::nullopt);
  void let_in(std::int64_t id) { quarantine_.remove(id); }
  [[nodiscard]] bool keeps_out(std::int64_t id,
                               std::optional<WallTime> due_at = std::nullopt) const;
  [[nodiscard]] const Quarantine& quarantine() const { return quarantine_; }

  /// How often in a row a record failed for the time that our clock has: no attempts, but each
  /// makes the next one wait longer. `again`: it just did so.
  [[nodiscard]] int untimely(std::int64_t id, bool again);

  /// For good.
  void stop() { stopping_ = true; }
  [[nodiscard]] bool is_stopping() const { return stopping_; }

  /// How long a refusal of the ledger keeps everything back.
  static constexpr milliseconds pause_after_refusal{1'000};

 private:
  const Clock& clock_;
  Destination destination_;
  Recorder recorder_;
  Quarantine quarantine_;
  SteadyTime paused_until_;
  std::string ledger_error_;
  std::unordered_map<std::int64_t, int> untimely_;
  bool stopping_ = false;
};

}  // namespace gatehouse::sync
