#pragma once

#include <string>

#include "store/ledger/records/delivery.hpp"

namespace gatehouse::sync {

/// What a destination made of a delivery.
enum class Verdict {
  delivered,   ///< it said that it has it
  retry,       ///< it said nothing that counts; passes by itself, or with what stands on the way
  locked_out,  ///< every delivery would fare alike, so the configuration is wrong
  refused,     ///< it said itself that it does not want this very record: a person must look
};

struct Judgement {
  Verdict verdict = Verdict::retry;
  bool throttled = false;  ///< the cloud asked for less traffic (429)
  store::KeyConflict conflict = store::KeyConflict::none;
  bool unclear = false;  ///< no success, and it may have had its effect all the same
  std::string reason{};  ///< what came and what to do; '' when delivered. Never the answer's body.
  /// It failed for the time that this machine's clock has: nothing is the record's fault, and it
  /// counts as no attempt.
  bool no_attempt = false;
  /// It was refused for the sake of its trip: that says nothing of how the destination is.
  bool of_its_trip = false;
};

}  // namespace gatehouse::sync
