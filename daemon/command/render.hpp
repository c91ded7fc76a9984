#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace gatehouse::command {

/// What an operator reads, made from the daemon's JSON. Fields that an older daemon does not send
/// are left out. Control characters are replaced: nothing that a peer sent reaches the terminal.
[[nodiscard]] std::string render_status(const nlohmann::json& status);
[[nodiscard]] std::string render_trip(const nlohmann::json& trip);
/// What was accepted of the ledger, or would be.
[[nodiscard]] std::string render_acceptance(const nlohmann::json& answer);
[[nodiscard]] std::string render_charges(const nlohmann::json& page);
[[nodiscard]] std::string render_records(const nlohmann::json& page);
/// A cart that was answered 400.
[[nodiscard]] std::string render_refused(const nlohmann::json& cart);
/// Its bytes, as they are; for a terminal, which would obey what is in them, with all but printable
/// ASCII as \xNN. They were refused, so nobody knows what they are.
[[nodiscard]] std::string render_export(const std::string& bytes, bool to_terminal);

/// A row of cells, each as wide as the widest of its column, two blanks apart.
[[nodiscard]] std::string columns(const std::vector<std::vector<std::string>>& rows);
/// Text for a terminal: what would control it is a '?', all else is as it came, for a name has its
/// letters. What is for a log is ASCII: store/values/printable.hpp.
[[nodiscard]] std::string for_terminal(std::string text);

}  // namespace gatehouse::command
