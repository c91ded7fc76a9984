#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "daemon/command/reply.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::command {

/// Calls the daemon's local API over its control socket and waits for the answer, `deadline` at
/// most for all of it. Answers above 16 MiB are an error.
[[nodiscard]] std::expected<Reply, CallError> call(const std::string& socket,
                                                   const std::string& method,
                                                   const std::string& target,
                                                   const std::string& body,
                                                   std::chrono::milliseconds deadline);

/// The JSON object in it, with an errorMsg unless it is a 200. Where there is none, what answers on
/// `socket` is not the daemon.
[[nodiscard]] std::expected<sync::JsonDocument, CallError> answer_in(const Reply& reply,
                                                                     const std::string& socket);
/// What answers on `socket` is not the daemon: its answer is none that the daemon writes.
[[nodiscard]] CallError not_gatehoused(const std::string& socket);
/// What to exit with where the daemon answered this status, and not 200.
[[nodiscard]] ExitCode refusal_code(unsigned status);

}  // namespace gatehouse::command
