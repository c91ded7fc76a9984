#include "daemon/command/shown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/command/list/pages.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::command {

std::string for_terminal(std::string text) {
  std::ranges::replace_if(text, is_control, '?');
  return text;
}

std::string columns(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}", row[i], widths[i] + 2);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string text(JsonValue value) {
  if (value.is_absent()) return "";
  if (const auto said = value.text()) return for_terminal(std::string(*said));
  std::string json;
  append_json(json, value);
  return json;
}

std::string text(JsonValue from, std::string_view path) {
  return text(from.find(path));
}

std::int64_t number(JsonValue from, std::string_view path) {
  return whole(from.find(path)).value_or(0);
}

std::string when_text(JsonValue sending) {
  const std::string when = text(sending, "whenText");
  return when.empty() ? "at the next opportunity" : when;
}

bool flag(JsonValue from, std::string_view path) {
  return from.find(path).boolean() == true;
}

}  // namespace gatehouse::command
