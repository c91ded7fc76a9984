#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gatehouse::sync {

/// The member of an object; null where `object` is none, or has no such member.
[[nodiscard]] inline const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// The text of a string member, or null.
[[nodiscard]] inline const std::string* text_of(const nlohmann::json& object, const char* name) {
  const auto* value = member(object, name);
  return value == nullptr ? nullptr : value->get_ptr<const std::string*>();
}

}  // namespace gatehouse::sync
