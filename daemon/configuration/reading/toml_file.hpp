#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/configuration/model/findings.hpp"
#include "daemon/configuration/model/value.hpp"

namespace gatehouse::configuration {

/// One `key = value` of a file.
struct Setting {
  std::string section;
  std::string key;
  Value value;
  std::size_t line = 0;
};

struct TomlFile {
  std::vector<Setting> settings;
  std::vector<ConfigError> errors;  ///< unreadable, not TOML, a key outside of any section
};

/// Reads a file's settings without asking what they mean. Files above 1 MiB are refused.
[[nodiscard]] TomlFile read_toml(const std::filesystem::path& file);

}  // namespace gatehouse::configuration
