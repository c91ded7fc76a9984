#pragma once

namespace gatehouse::command {

/// What `gatehouse` exits with. Stable: scripts and monitoring depend on it.
enum class ExitCode : int {
  ok = 0,
  unhealthy = 1,      ///< health is critical; there is no such trip or record; the daemon refused
  wrong_input = 2,    ///< arguments or configuration
  unreachable = 3,    ///< the daemon does not run, or does not answer in time
  not_permitted = 4,  ///< neither root nor in group gatehouse
};

}  // namespace gatehouse::command
