#pragma once

#include <optional>

#include "store/values/time.hpp"
#include "sync/delivery/retry.hpp"

namespace gatehouse::sync {

/// A next attempt that lies further ahead than any delay of ours counts as due: the wall clock has
/// jumped back, and nothing may be stuck behind that.
inline constexpr milliseconds due_wait_max = retry_delay_max + std::chrono::minutes{2};

/// When to look again for work that comes due at `due` (nullopt: nothing waits). What is due
/// already and was not started is in flight, or waits for something before it: soon enough.
[[nodiscard]] SteadyTime look_again(std::optional<WallTime> due, const Clock& clock);

}  // namespace gatehouse::sync
