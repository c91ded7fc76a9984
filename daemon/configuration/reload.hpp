#pragma once

#include <string>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

/// What SIGHUP makes of a running configuration: every key that may change at run time as in
/// `wanted`, every other as it is running (needs_restart() names those). Pure.
[[nodiscard]] Configuration reloaded(const Configuration& running, Configuration wanted);

/// The keys whose values differ and that only a restart can change, e.g. "gate.listen".
[[nodiscard]] std::vector<std::string> needs_restart(const Configuration& running,
                                                     const Configuration& wanted);

}  // namespace gatehouse::configuration
