#pragma once

#include "daemon/configuration/configuration.hpp"

namespace gatehouse::configuration {

/// What SIGHUP makes of a running configuration: every key that may change at run time as in
/// `wanted`, every other as it is running (needs_restart() names those). Pure.
[[nodiscard]] Configuration reloaded(const Configuration& running, Configuration wanted);

}  // namespace gatehouse::configuration
