#pragma once

#include <string>

#include "daemon/command/exit_code.hpp"

namespace gatehouse::command {

struct Reply {
  unsigned status = 0;
  std::string body;
};

/// Why there is no reply: what to exit with, and what to tell the operator.
struct CallError {
  ExitCode exit_code = ExitCode::unreachable;
  std::string message;
};

}  // namespace gatehouse::command
