#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/transport/json_document.hpp"

// What an operator reads on a terminal, and members of the daemon's JSON, by JsonValue::find()'s
// paths, as that.
namespace gatehouse::command {

using sync::JsonValue;
using Rows = std::vector<std::vector<std::string>>;

/// A row of cells, each as wide as the widest of its column, two blanks apart.
[[nodiscard]] std::string columns(const Rows& rows);
/// Text for a terminal: what would control it is a '?', all else is as it came, for a name has its
/// letters. What is for a log is ASCII: store/values/printable.hpp.
[[nodiscard]] std::string for_terminal(std::string text);

/// Printable; '' : it is null, or not there. What is no text is shown as JSON.
[[nodiscard]] std::string text(JsonValue from, std::string_view path);
[[nodiscard]] std::string text(JsonValue value);
/// 0: it is no whole number, or not there.
[[nodiscard]] std::int64_t number(JsonValue from, std::string_view path);
/// When records will be sent, of the member "whenText".
[[nodiscard]] std::string when_text(JsonValue sending);
/// False: it is not true, or not there.
[[nodiscard]] bool flag(JsonValue from, std::string_view path);

}  // namespace gatehouse::command
