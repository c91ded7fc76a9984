#include "daemon/configuration/model/findings.hpp"

#include <fmt/format.h>

#include "daemon/configuration/model/value.hpp"

namespace gatehouse::configuration {

std::string to_text(const ConfigError& error) {
  std::string text = error.source;
  if (error.line != 0) text += fmt::format(":{}", error.line);
  if (!text.empty()) text += ": ";
  text += error.key;
  if (!error.value.empty()) text += " = " + error.value;
  if (!error.key.empty()) text += ": ";
  return text + error.message;
}

void Findings::add(ConfigError error) {
  failed_keys_.insert(error.key);
  errors_.push_back(std::move(error));
}

void Findings::error(const Configuration& configuration, std::string_view key,
                     std::string message) {
  if (failed_keys_.contains(key)) return;
  const std::size_t dot = key.find('.');
  const Field* const field = find_field(key.substr(0, dot), key.substr(dot + 1));
  const auto origin = origins_.find(key);
  ConfigError found{"", 0, std::string(key), value_text(*field, configuration), std::move(message)};
  if (origin != origins_.end()) {
    found.source = origin->second.source;
    found.line = origin->second.line;
  }
  errors_.push_back(std::move(found));
}

void Findings::warning(std::string_view key, std::string message) {
  warnings_.push_back({std::string(key), std::move(message)});
}

}  // namespace gatehouse::configuration
