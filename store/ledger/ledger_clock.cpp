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

Result<> Ledger::bring_forward(WallTime now, milliseconds by) {
  return state_->atomically("bringing forward what the clock has put off", [&]() -> Result<> {
    const std::int64_t by_ms = by.count();
    Result<> done;
    for (const Lane lane : {Lane::cloud, Lane::amazon, Lane::feedback}) {
      if (done) done = state_->bring_deliveries_forward_.run(now, by_ms, brought_forward_max, lane);
    }
    if (done) done = state_->bring_charges_forward_.run(now, by_ms, brought_forward_max);
    if (done) done = state_->bring_looks_forward_.run(now, by_ms, brought_forward_max);
    return done;
  });
}

}  // namespace gatehouse::store
