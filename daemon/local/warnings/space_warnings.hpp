#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// So little free space is worth a look, long before anything waits for it.
inline constexpr std::int64_t space_warning_bytes = std::int64_t{256} * 1024 * 1024;
/// So little is critical.
inline constexpr std::int64_t space_alarm_bytes = std::int64_t{32} * 1024 * 1024;
/// A disk that is full within this, at the rate of the last day, is a warning.
inline constexpr std::chrono::days full_soon{14};

/// Appends what is to be said of the space on the disk of store.state_dir, and of its reserve.
/// Pure.
void assess_space(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
