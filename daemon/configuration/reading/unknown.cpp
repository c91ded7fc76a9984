#include "daemon/configuration/reading/unknown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

#include "daemon/configuration/model/field.hpp"
#include "store/values/nearest.hpp"

namespace gatehouse::configuration {
namespace {

std::vector<std::string> keys_of(std::string_view section) {
  std::vector<std::string> keys;
  for (const Field& field : fields()) {
    if (field.section == section) keys.emplace_back(field.key);
  }
  return keys;
}

std::string unknown_section_text(std::string_view section) {
  std::vector<std::string> names;
  for (const Section& known : sections()) names.emplace_back(known.name);
  if (const auto near = nearest(section, names)) {
    return fmt::format("unknown section; did you mean [{}]?", *near);
  }
  return fmt::format("unknown section; expected one of [{}]", fmt::join(names, "], ["));
}

}  // namespace

std::string unknown_key_text(std::string_view section, std::string_view key) {
  const auto keys = keys_of(section);
  if (keys.empty()) return unknown_section_text(section);
  const std::string secret = std::string(key) + "_file";
  if (std::ranges::find(keys, secret) != keys.end()) {
    return fmt::format("unknown key; secrets are kept in files: use {}", secret);
  }
  if (const auto near = nearest(key, keys)) {
    return fmt::format("unknown key; did you mean {}?", *near);
  }
  for (const Field& field : fields()) {
    if (field.key == key) return fmt::format("unknown key; it belongs to [{}]", field.section);
  }
  return fmt::format("unknown key; [{}] has {}", section, fmt::join(keys, ", "));
}

std::string unknown_variable_text(std::string_view variable) {
  const bool ours = std::ranges::any_of(fields(), [&](const Field& field) {
    const std::string name = field.variable();
    return variable.starts_with(name.substr(0, name.size() - field.key.size()));
  });
  if (!ours) return "";
  std::vector<std::string> names;
  for (const Field& field : fields()) names.push_back(field.variable());
  if (const auto near = nearest(variable, names)) {
    return fmt::format("unknown variable; did you mean {}?", *near);
  }
  return "unknown variable; expected GATEHOUSE_SECTION_KEY in capitals";
}

}  // namespace gatehouse::configuration
