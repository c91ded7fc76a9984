#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// Members of the daemon's JSON, by JSON pointer, as an operator reads them.
namespace gatehouse::command {

using Json = nlohmann::json;
using Pointer = Json::json_pointer;
using Rows = std::vector<std::vector<std::string>>;

/// Printable; '' : it is null, or not there. What is no text is shown as JSON.
[[nodiscard]] std::string text(const Json& from, const char* path);
/// 0: it is no whole number, or not there.
[[nodiscard]] std::int64_t number(const Json& from, const char* path);
/// False: it is not true, or not there.
[[nodiscard]] bool flag(const Json& from, const char* path);

}  // namespace gatehouse::command
