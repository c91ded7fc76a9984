#pragma once

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// Counts on while the machine sleeps, and is never set (CLOCK_BOOTTIME). From any thread.
[[nodiscard]] milliseconds since_boot();

}  // namespace gatehouse::sync
