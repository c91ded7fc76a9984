#pragma once

#include <cstddef>
#include <optional>

#include "store/values/time.hpp"
#include "sync/clock/clock_evidence.hpp"

namespace gatehouse::sync {

/// How things stand with this machine's clock, for status, metrics and warnings.
struct ClockStatus {
  ClockEvidence::Verdict verdict{};
  bool kernel_synchronised = false;
  std::optional<WallTime> newest_confirmed{};  ///< by this run, or one before it
  /// For how long it has not been confirmed, by the boot clock; 0: it is.
  milliseconds unconfirmed_for{0};
  /// How often it was set since the start, and by how much the last time.
  std::size_t steps = 0;
  milliseconds last_step{0};
  /// May be used to tell people that something is late: it is neither wrong nor contradicted, and
  /// was not set a moment ago.
  bool is_plausible = true;
};

}  // namespace gatehouse::sync
