#pragma once

#include <iosfwd>

#include "daemon/command/arguments.hpp"

namespace gatehouse::command {

/// `gatehouse check-config`: looks at files and environment alone, and needs no daemon.
[[nodiscard]] ExitCode check_config(const Arguments& arguments,
                                    const configuration::Environment& environment,
                                    std::ostream& out, std::ostream& err);

}  // namespace gatehouse::command
