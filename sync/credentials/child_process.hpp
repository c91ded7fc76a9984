#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::sync {

struct ProcessLimits {
  milliseconds deadline{30'000};             ///< then it is killed
  std::size_t output_max_bytes = 64 * 1024;  ///< one byte more, and it is killed
};

/// Runs a program to its end and gives what it wrote to stdout. Fails where it cannot be started,
/// ends with anything but 0, or passes a limit. The program has an empty stdin, its stderr is
/// thrown away (it can hold secrets), it inherits our environment and no file of ours, and it leads
/// a process group of its own, all of which is killed with it (SIGKILL). Nothing it wrote and none
/// of its arguments is in the error.
///
/// Blocks up to the deadline, or until `stop_fd` (an eventfd) becomes readable. Any thread.
[[nodiscard]] Result<std::string> run_process(const std::vector<std::string>& command,
                                              const ProcessLimits& limits, int stop_fd);

}  // namespace gatehouse::sync
