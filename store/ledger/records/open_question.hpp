#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger/records/decision.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// What a look at transactional data showed, '' where Amazon gave none. It goes to the retailer's
/// cloud and nowhere else.
struct LookFacts {
  WallTime at;
  std::string terminal_id;
  std::string reconciliation_id;
  std::string card_statement_transaction_id;
  bool operator==(const LookFacts&) const = default;
};

/// What the ledger knows of a charge that waits for a person, beside its settlement.
struct QuestionFacts {
  /// There is something to tell the payments desk, since this time or from it on; nullopt: nothing.
  std::optional<WallTime> ask_at;
  bool record_waits = false;          ///< an earlier record of it is not delivered yet
  int asks = 0;                       ///< records of it that were made
  bool unpriceable = false;           ///< the cloud answered a price that cannot be used
  bool overdue = false;               ///< it was found to be later than its time to charge
  std::vector<WallTime> captures_at;  ///< the latest capture calls, the last one first
  std::optional<LookFacts> look;      ///< the last one that was answered
  std::optional<Decision> decision;   ///< the last that came from the cloud
};

/// At most so many capture calls are named.
inline constexpr int captures_named_max = 10;

}  // namespace gatehouse::store
