#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "store/ledger/ledger_reader.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/delivery/ledger_port.hpp"
#include "sync/delivery/quarantine.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/desk/open_question.hpp"

namespace gatehouse::sync {

/// Puts on record, for the cloud, which charges wait for a person: within a minute of a reason, at
/// each new fact, and from time to time (open_question.hpp). The records are deliveries like any
/// other; of a trip one at most is pending, so a long outage makes none to pile up. What is looked
/// at in one turn is bounded, and so is its cost, whatever waits.
///
/// A charge that cannot be read or written down is left out for a while and keeps no other from
/// being told. Not thread-safe: the sync thread owns it; what it is given outlives it.
class OpenQuestions {
 public:
  OpenQuestions(std::string store_id, JwoOptions options, store::LedgerReader& reader,
                LedgerPort& port, const Clock& clock);

  /// To be called after each wake, and no later than the time it gives.
  SteadyTime turn();
  [[nodiscard]] std::size_t in_flight() const { return busy_.size(); }
  [[nodiscard]] const Quarantine& quarantine() const { return quarantine_; }
  /// Makes no further record. What is being written is written all the same.
  void stop() { stopping_ = true; }
  void reload(JwoOptions options) { options_ = std::move(options); }
  /// False: the clock may be wrong, and nothing is called overdue by it.
  void trust_clock(bool trusted) { clock_trusted_ = trusted; }

  /// So many are looked at in one turn, and being written at once.
  static constexpr std::size_t at_once_max = 32;
  /// The ledger is looked at no more often than this.
  static constexpr milliseconds pause{500};
  /// A clock that goes back again and again makes everything due no more often than this.
  static constexpr milliseconds after_step_pause = std::chrono::minutes{10};

 private:
  [[nodiscard]] bool is_out(std::int64_t trip) const;
  [[nodiscard]] std::size_t free() const { return at_once_max - busy_.size(); }
  [[nodiscard]] WallTime latest(WallTime due);
  [[nodiscard]] Result<> note_overdue();
  [[nodiscard]] Result<> ask_due();
  [[nodiscard]] SteadyTime next_turn();
  [[nodiscard]] milliseconds judged_window(const store::QuestionFacts& facts) const;
  void ask(std::int64_t trip);
  void write(std::int64_t trip, Recorder::Work work);
  void keep_out(std::int64_t trip, const Error& error);

  std::string store_id_;
  JwoOptions options_;
  store::LedgerReader& reader_;
  const Clock& clock_;
  Recorder recorder_;
  Quarantine quarantine_;
  std::unordered_set<std::int64_t> busy_;
  SteadyTime not_before_{};
  /// How far the wall clock is ahead of the steady one, and when that last shrank.
  std::optional<milliseconds> lead_;
  std::optional<SteadyTime> stepped_back_at_;
  bool clock_trusted_ = true;
  bool stopping_ = false;
};

}  // namespace gatehouse::sync
