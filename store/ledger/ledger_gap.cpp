// Which ledger this is, and what a gap in its history means for the charges in it.
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

Result<LedgerView> Ledger::view() {
  const auto number = [](const sqlite::Rows& row) { return row.integer(0); };
  const auto gap = [](const sqlite::Rows& row) {
    return LedgerMark{row.string(0), row.integer(1), row.integer(2)};
  };
  auto witnessed = state_->select_witnessed_.first(number);
  if (!witnessed) return propagate(std::move(witnessed));
  auto known = state_->last_gap_.first(gap);
  if (!known) return propagate(std::move(known));
  return LedgerView{state_->fresh_, witnessed->value_or(0) != 0, state_->mark_, std::move(*known)};
}

Result<> Ledger::identify(std::string_view id, WallTime at) {
  Result<> done = state_->insert_identity_.run(id, at);
  if (done) done = state_->read_mark();
  return done;
}

Result<> Ledger::note_witness() {
  return state_->note_witness_.run();
}

Result<> Ledger::note_gap(const LedgerGap& gap) {
  Result<> done = state_->insert_gap_.run(gap.kind, gap.found_at, std::string_view(gap.expected.id),
                                          gap.expected.era, gap.expected.sequence, gap.sequence);
  if (!done || !withholds(gap.kind)) return done;
  done = state_->begin_era_.run(gap.expected.era);
  if (done) done = state_->withhold_.run();
  if (done) done = state_->read_mark();
  return done;
}

Result<bool> Ledger::accept_gaps(WallTime at, std::size_t charges_max) {
  const auto limit = static_cast<std::int64_t>(charges_max);
  if (Result<> done = state_->hand_back_.run(limit); !done) {
    return propagate(std::move(done), "accepting the ledger");
  }
  if (state_->database_.changes() == limit) return false;
  Result<> done = state_->accept_gaps_.run(at);
  // What the cloud hears from now on is told from what it may have heard of the lost history.
  if (done) done = state_->begin_era_.run(0);
  if (done) done = state_->read_mark();
  if (!done) return propagate(std::move(done), "accepting the ledger");
  return true;
}

}  // namespace gatehouse::store
