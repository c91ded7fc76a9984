#pragma once

#include <string>

#include "sync/transport/json_document.hpp"

namespace gatehouse::command {

/// What an operator reads, made from the daemon's JSON. Fields that an older daemon does not send
/// are left out. Control characters are replaced: nothing that a peer sent reaches the terminal.
[[nodiscard]] std::string render_status(sync::JsonValue status);
[[nodiscard]] std::string render_trip(sync::JsonValue trip);
/// What was accepted of the ledger, or would be.
[[nodiscard]] std::string render_acceptance(sync::JsonValue answer);
[[nodiscard]] std::string render_charges(sync::JsonValue page);
[[nodiscard]] std::string render_records(sync::JsonValue page);
/// A cart that was answered 400.
[[nodiscard]] std::string render_refused(sync::JsonValue cart);
/// Its bytes, as they are; for a terminal, which would obey what is in them, with all but printable
/// ASCII as \xNN. They were refused, so nobody knows what they are.
[[nodiscard]] std::string render_export(const std::string& bytes, bool to_terminal);

}  // namespace gatehouse::command
