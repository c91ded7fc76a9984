#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// One call that waits for the disk this long is critical. From DiskTime::slow on it is a warning,
/// and stays one for disk_slow_recently after it has ended.
inline constexpr std::chrono::seconds disk_slow_critical{60};
inline constexpr std::chrono::hours disk_slow_recently{1};

/// Appends what is to be said of a disk that keeps our threads waiting. Pure.
void assess_disk(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
