#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "daemon/command/reply.hpp"

namespace gatehouse::command {

/// Calls the daemon's local API over its control socket and waits for the answer, `deadline` at
/// most for all of it. Answers above 16 MiB are an error.
[[nodiscard]] std::expected<Reply, CallError> call(const std::string& socket,
                                                   const std::string& method,
                                                   const std::string& target,
                                                   const std::string& body,
                                                   std::chrono::milliseconds deadline);

}  // namespace gatehouse::command
