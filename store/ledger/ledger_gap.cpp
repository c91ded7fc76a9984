// Which ledger this is, and what a gap in its history means for the charges in it.
#include <fmt/format.h>

#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {

Result<> Ledger::State::read_mark() {
  const auto read = [](const sqlite::Rows& row) {
    return LedgerMark{row.string(0), row.integer(1), row.integer(2)};
  };
  auto found = select_mark_.first(read);
  if (!found) return propagate(std::move(found));
  mark_ = found->value_or(LedgerMark{});
  return {};
}

/// The process that made the file may have ended before it named the ledger.
Result<> Ledger::State::note_fresh(bool made_just_now) {
  fresh_ = made_just_now;
  if (fresh_ || !mark_.id.empty()) return {};
  const auto none = last_trip_.first([](const sqlite::Rows& row) { return row.is_null(0); });
  if (!none) return propagate(none);
  fresh_ = none->value_or(true);
  return {};
}

Result<bool> Ledger::State::count_commit() {
  if (mark_.id.empty() || database_.total_changes() == changes_before_) return false;
  Result<> counted = count_commits_.run(mark_.sequence + 1);
  if (!counted) return propagate(std::move(counted));
  return true;
}

const LedgerMark& Ledger::mark() const noexcept {
  return state_->mark_;
}

bool Ledger::charge_intended() const noexcept {
  return state_->charge_intended_;
}

Result<std::optional<LedgerFile>> Ledger::State::noted_file() {
  const auto read = [](const sqlite::Rows& row) {
    if (row.is_null(0)) return std::optional<LedgerFile>{};
    return std::optional(LedgerFile{row.integer(0), row.integer(1), row.string(2)});
  };
  auto file = select_file_.first(read);
  if (!file) return propagate(std::move(file));
  return std::move(*file).value_or(std::nullopt);
}

Result<> Ledger::State::begin_era(WallTime at) {
  const auto file = noted_file();
  if (!file) return propagate(file);
  if (Result<> left = leave_era_.run(mark_.era, mark_.sequence); !left) return left;
  const auto last = last_era_.first(sqlite::read_number);
  if (!last) return propagate(last);
  const std::int64_t highest = last->value_or(mark_.era);
  if (highest > era_max) {
    return failure(Remedy::repair, fmt::format("era {}; expected {} at most", highest, era_max));
  }
  Result<> begun = begin_era_.run(next_era(highest, at, file->value_or(LedgerFile{})));
  return begun ? read_mark() : begun;
}

Result<LedgerView> Ledger::view(const LedgerMark& witness) {
  const auto gap = [](const sqlite::Rows& row) {
    return LedgerMark{row.string(0), row.integer(1), row.integer(2)};
  };
  auto witnessed = state_->select_witnessed_.first(sqlite::read_number);
  if (!witnessed) return propagate(std::move(witnessed));
  auto known = state_->last_gap_.first(gap);
  if (!known) return propagate(std::move(known));
  auto file = state_->noted_file();
  if (!file) return propagate(std::move(file));
  Result<std::optional<std::int64_t>> left;
  if (witness.id == state_->mark_.id && witness.era != state_->mark_.era) {
    left = state_->commits_of_era_.first(sqlite::read_number, witness.era);
  }
  if (!left) return propagate(left);
  return LedgerView{.fresh = state_->fresh_,
                    .witnessed = witnessed->value_or(0) != 0,
                    .mark = state_->mark_,
                    .file = std::move(*file),
                    .known_gap = std::move(*known),
                    .left_at = *left};
}

Result<> Ledger::note_file(const LedgerFile& file) {
  return state_->note_file_.run(file.number, file.born_ns, std::string_view(file.machine));
}

Result<> Ledger::identify(std::string_view id, WallTime at, std::optional<WallTime> born_at) {
  Result<> done = state_->insert_identity_.run(id, at, born_at);
  if (done) done = state_->read_mark();
  if (done) state_->made_now_ = born_at.has_value();
  return done;
}

void Ledger::take_place_of(const Ledger& before) noexcept {
  if (state_->mark_.id != before.state_->mark_.id) return;
  state_->made_now_ = state_->made_now_ || before.state_->made_now_;
  state_->gap_now_ = state_->gap_now_ || before.state_->gap_now_;
}

Result<> Ledger::note_witness() {
  return state_->note_witness_.run();
}

Result<> Ledger::note_gap(const LedgerGap& gap) {
  Result<> done = state_->insert_gap_.run(gap.kind, gap.found_at, std::string_view(gap.expected.id),
                                          gap.expected.era, gap.expected.sequence, gap.sequence);
  if (!done || !withholds(gap.kind)) return done;
  state_->gap_now_ = true;
  // The witness of this ledger tells of an era of its own, although it may be lost.
  if (!state_->mark_.id.empty() && gap.expected.id == state_->mark_.id) {
    done = state_->leave_era_.run(gap.expected.era, gap.expected.sequence);
  }
  if (done) done = state_->begin_era(gap.found_at);
  if (done) done = state_->withhold_.run();
  if (done) done = state_->ask_about_withheld_.run(gap.found_at);
  // A refund may have been made in what is lacking, or ended there and replaced by another one.
  if (done) done = state_->doubt_pending_refunds_.run();
  if (done) done = state_->set_aside_refunds_.run(gap.found_at, refund_of_lost_history);
  return done;
}

Result<std::int64_t> Ledger::declare_evidence_sound(std::string_view by, WallTime at,
                                                    std::size_t trips_max) {
  return state_->atomically("declaring the evidence sound",
                            [&] { return state_->declare_sound(by, at, trips_max); });
}

Result<std::int64_t> Ledger::State::declare_sound(std::string_view by, WallTime at,
                                                  std::size_t trips_max) {
  const auto trips =
      declare_evidence_sound_.all(sqlite::read_number, static_cast<std::int64_t>(trips_max));
  if (!trips) return propagate(trips);
  const std::string text = fmt::format(
      "{} declares that the reconciliationId of this trip says nothing against the evidence", by);
  for (const std::int64_t trip : *trips) {
    if (Result<> noted = note_in_history_.run(trip, at, std::string_view(text)); !noted) {
      return propagate(std::move(noted));
    }
  }
  return std::ssize(*trips);
}

Result<bool> Ledger::accept_gaps(WallTime at, std::size_t charges_max) {
  const auto limit = static_cast<std::int64_t>(charges_max);
  if (Result<> done = state_->hand_back_.run(limit); !done) {
    return propagate(std::move(done), "accepting the ledger");
  }
  if (state_->database_.changes() == limit) return false;
  Result<> done = state_->accept_gaps_.run(at);
  // What the cloud hears from now on is told from what it may have heard of the lost history.
  if (done) done = state_->begin_era(at);
  if (!done) return propagate(std::move(done), "accepting the ledger");
  return true;
}

}  // namespace gatehouse::store
