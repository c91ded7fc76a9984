#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/values/money.hpp"
#include "store/values/result.hpp"
#include "tests/simulator/shop/report.hpp"

namespace gatehouse::simulator {

/// What the box's ledger says of one trip.
struct Belief {
  std::string settlement{};         ///< its state, as store::to_text has it; '' : not settled here
  std::optional<Money> amount{};    ///< that it was priced with
  bool is_unclear = false;          ///< it may have been charged, says the ledger
  bool is_aftermath_due = false;    ///< a refund or a report to Amazon is still on its way
  std::int64_t refunds = 0;         ///< that Amazon has taken
  std::int64_t refunded_minor = 0;  ///< of those
  std::int64_t refund_set_aside_minor = 0;  ///< refused, which may yet have had its effect
  bool is_reported = false;                 ///< Amazon has taken the report of what was settled

  /// It waits for a person, or ended without a charge, by time or by a person.
  [[nodiscard]] bool is_held() const;
  /// The box has still to do something, or waits for something.
  [[nodiscard]] bool is_open() const;
};
/// By trip id; a trip that is not in the ledger is not in here.
using Beliefs = std::unordered_map<std::string, Belief>;

/// Reads ledger.db, beside a daemon that is running or not.
[[nodiscard]] Result<Beliefs> read_beliefs(const std::filesystem::path& ledger,
                                           const std::vector<TripReport>& trips);

}  // namespace gatehouse::simulator
