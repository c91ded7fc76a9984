#include "daemon/configuration/log_level.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::configuration {
namespace {

// The second names of two are those that spdlog knows: version 0.1 took them.
constexpr auto names =
    std::to_array<std::pair<std::string_view, LogLevel>>({{"trace", LogLevel::trace},
                                                          {"debug", LogLevel::debug},
                                                          {"info", LogLevel::info},
                                                          {"warn", LogLevel::warn},
                                                          {"warning", LogLevel::warn},
                                                          {"error", LogLevel::error},
                                                          {"err", LogLevel::error}});

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::optional<LogLevel> read_log_level(std::string_view text) {
  for (const auto& [name, level] : names) {
    if (std::ranges::equal(text, name, {}, lower_case)) return level;
  }
  return std::nullopt;
}

}  // namespace gatehouse::configuration
