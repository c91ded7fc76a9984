#pragma once

#include "store/values/time.hpp"

namespace gatehouse::process {

/// A thread with nothing to do turns about once a second: one that stands still for longer than
/// this hangs, if it is not for the disk. What is done about it takes as long as the watchdog says
/// (heartbeat.hpp).
inline constexpr milliseconds turn_patience{2'500};
/// Of the local API: counting a large ledger on a slow disk is work and no hang. It must not cost
/// the gate a restart.
inline constexpr milliseconds listing_patience{30'000};

}  // namespace gatehouse::process
