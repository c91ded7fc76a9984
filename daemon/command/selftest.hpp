#pragma once

#include <iosfwd>

#include "daemon/command/arguments.hpp"

namespace gatehouse::command {

/// `gatehouse selftest`: runs Amazon's numbered cases against the gate of a box over HTTP, and
/// prints each with its number. ok: none failed; cases that could not be run are listed with the
/// reason, and are no failure. unreachable: the gate did not answer a call, and the rest was left.
[[nodiscard]] ExitCode selftest(const Arguments& arguments,
                                const configuration::Environment& environment, std::ostream& out,
                                std::ostream& err);

}  // namespace gatehouse::command
