#pragma once

#include <chrono>
#include <expected>
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

/// Calls the daemon's local API over its control socket and waits for the answer, `deadline` at
/// most for all of it. Answers above 16 MiB are an error.
[[nodiscard]] std::expected<Reply, CallError> call(const std::string& socket,
                                                   const std::string& method,
                                                   const std::string& target,
                                                   const std::string& body,
                                                   std::chrono::milliseconds deadline);

}  // namespace gatehouse::command
