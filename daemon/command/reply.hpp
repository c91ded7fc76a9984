#pragma once

#include <cstddef>
#include <string>

#include "daemon/command/exit_code.hpp"

namespace gatehouse::command {

/// A longer answer is an error.
inline constexpr std::size_t answer_max_bytes = 16 * 1024 * 1024;

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
