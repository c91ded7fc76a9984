#pragma once

#include <iosfwd>

#include "daemon/configuration/load.hpp"

namespace gatehouse::command {

/// The whole of `gatehouse`: parses, asks the daemon, prints, and gives the exit status.
[[nodiscard]] int run(int argc, const char* const* argv,
                      const configuration::Environment& environment, std::ostream& out,
                      std::ostream& err);

}  // namespace gatehouse::command
