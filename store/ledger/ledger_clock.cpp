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
      break;
  }
  return state_->bring_looks_forward_.run(now, by_ms, brought_forward_max);
}

}  // namespace gatehouse::store
