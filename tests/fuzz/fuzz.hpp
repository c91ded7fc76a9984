#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::gate {

/// What must hold for every input; libFuzzer keeps the one for which it does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline std::size_t count_names(const nlohmann::json& value) {
  if (!value.is_structured()) return 0;
  std::size_t names = value.is_object() ? value.size() : 0;
  for (const auto& part : value) names += count_names(part);
  return names;
}

/// The same document as another JSON library understands and writes it; nullopt where that says
/// nothing about ours: a name comes twice (it keeps the last), a number is beyond a double, or a
/// string is beyond its writer.
inline std::optional<std::string> rewritten(std::string_view body) {
  std::size_t names = 0;
  const auto count = [&names](int, nlohmann::json::parse_event_t event, nlohmann::json&) {
    if (event == nlohmann::json::parse_event_t::key) ++names;
    return true;
  };
  const auto json = nlohmann::json::parse(body, count, false);
  if (json.is_discarded() || count_names(json) != names) return std::nullopt;
  return json.dump();
}

}  // namespace gatehouse::gate
