#include "daemon/log/log_level.hpp"

#include <array>
#include <utility>

#include "store/values/text/ascii.hpp"

namespace gatehouse::log {
namespace {

// The second names of two are those that spdlog knows: version 0.1 took them.
constexpr auto names = std::to_array<std::pair<std::string_view, Level>>({{"trace", Level::trace},
                                                                          {"debug", Level::debug},
                                                                          {"info", Level::info},
                                                                          {"warn", Level::warn},
                                                                          {"warning", Level::warn},
                                                                          {"error", Level::error},
                                                                          {"err", Level::error}});

}  // namespace

std::optional<Level> read_level(std::string_view text) {
  for (const auto& [name, level] : names) {
    if (lower_case(text) == name) return level;
  }
  return std::nullopt;
}

}  // namespace gatehouse::log
