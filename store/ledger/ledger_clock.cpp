#include "store/ledger/ledger_reader_state.hpp"
#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {

Result<std::optional<WallTime>> LedgerReader::confirmed_time() {
  const auto read = [](const sqlite::Rows& row) { return row.time(0); };
  return state_->noted(state_->confirmed_time_.first(read));
}

Result<> Ledger::note_confirmed_time(WallTime confirmed) {
  return state_->note_confirmed_time_.run(confirmed);
}

Result<> Ledger::bring_forward(Forward part, WallTime now, milliseconds by) {
  const std::int64_t by_ms = by.count();
  const auto deliveries = [&](Lane lane) {
    return state_->bring_deliveries_forward_.run(now, by_ms, brought_forward_max, lane);
  };
  switch (part) {
    case Forward::to_cloud:
      return deliveries(Lane::cloud);
    case Forward::to_amazon:
      return deliveries(Lane::amazon);
    case Forward::to_feedback:
      return deliveries(Lane::feedback);
    case Forward::charges:
      return state_->bring_charges_forward_.run(now, by_ms, brought_forward_max);
    case Forward::looks:
      return state_->bring_looks_forward_.run(now, by_ms, brought_forward_max);
    case Forward::questions:
      break;
  }
  return state_->bring_questions_forward_.run(now, by_ms, brought_forward_max);
}

Result<> Ledger::confirm_opening(WallTime opened_at, WallTime now) {
  const auto withhold = [&](WallTime before, bool by_birth) {
    Result<> done = state_->withhold_begun_before_.run(before, by_birth);
    if (done) done = state_->ask_about_withheld_.run(now);
    return done;
  };
  return state_->atomically("noting when the ledger was opened", [&]() -> Result<> {
    Result<> done = state_->confirm_gaps_.run(opened_at);
    if (done && state_->gap_now_ && state_->database_.changes() > 0) {
      done = withhold(opened_at + gap_clock_tolerance, false);
    }
    if (done) done = state_->confirm_birth_.run(opened_at);
    if (!done || state_->database_.changes() == 0) return done;
    const WallTime begun_before = opened_at - birth_tolerance;
    done = state_->hand_back_begun_since_.run(begun_before);
    if (done && state_->made_now_) done = withhold(begun_before, true);
    return done;
  });
}

}  // namespace gatehouse::store
