#pragma once

#include <vector>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// One call that waits for the disk this long is critical. From DiskTime::slow on it is a warning,
/// and stays one for disk_slow_recently after it has ended.
inline constexpr std::chrono::seconds disk_slow_critical{60};
inline constexpr std::chrono::hours disk_slow_recently{1};
/// What a part and readiness go by: lately_waited_for_disk().
inline constexpr std::chrono::seconds disk_wait_counts{60};

/// What this thread says of itself; null where nobody knows.
[[nodiscard]] const ThreadTurn* find_thread(const Facts& facts, std::string_view thread);
/// It computes without an end, or hangs in something that is not the disk.
[[nodiscard]] bool is_stuck(const ThreadTurn& thread);
/// How long the call to the disk has taken that this thread is in; 0: it is in none.
[[nodiscard]] milliseconds waits_for_disk(const Facts& facts, std::string_view thread);
/// The same, or the last slow call, if that ended within disk_wait_counts and took longer: where
/// one long call follows the other, the first seconds of each say nothing.
[[nodiscard]] milliseconds lately_waited_for_disk(const Facts& facts, std::string_view thread);

/// Appends what is to be said of a disk that keeps our threads waiting. Pure.
void assess_disk(const Facts& facts, std::vector<Warning>& out);

/// Appends what is to be said of threads that stand still, and not for the disk. Pure.
void assess_threads(const Facts& facts, std::vector<Warning>& out);

}  // namespace gatehouse::local
