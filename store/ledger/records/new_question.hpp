#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/ledger/records/decision.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// A record for the cloud about a charge that waits for a person.
struct NewQuestion {
  std::int64_t trip_sequence = 0;
  std::string trip_id;
  // As they were read when the record was made; where one has changed, the record is not true.
  SettlementState state = SettlementState::held;
  int clear_looks = 0;
  WallTime ask_at;
  /// When to ask again, without a new fact; nullopt: once is enough.
  std::optional<WallTime> next_ask_at;
  std::string record;  ///< JSON object of ours; the ledger puts "revision" in front
  WallTime at;
};

/// A person says how much of a total was settled so far.
struct SettledReport {
  std::int64_t trip_sequence = 0;
  std::string trip_id;
  SettlementState state = SettlementState::captured;  ///< as it was read
  std::string report;                                 ///< JSON for Amazon
  std::string history;
  WallTime at;
};

/// What became of a decision.
struct DecisionOutcome {
  Decision decision;                       ///< as it was read, with the state and reason it gets
  std::optional<SettlementChange> change;  ///< where it moves the charge
  std::string history;  ///< '' : nothing to add to the history; said with the next question as well
  WallTime at;
};

}  // namespace gatehouse::store
