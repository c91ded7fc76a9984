#include "daemon/configuration/reading/toml_file.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <string_view>

#include "store/values/durable_file.hpp"

namespace gatehouse::configuration {
namespace {

constexpr std::size_t file_max_bytes = 1024 * 1024;

Foreign foreign(const toml::node& node) {
  std::ostringstream type;
  type << node.type();
  return {type.str()};
}

Value value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  const toml::array* const array = node.as_array();
  if (array == nullptr) return foreign(node);
  std::vector<std::string> list;
  for (const toml::node& item : *array) {
    const auto* const text = item.as_string();
    if (text == nullptr) return foreign(node);
    list.push_back(text->get());
  }
  return list;
}

TomlFile collect(const toml::table& root, const std::string& source) {
  TomlFile file;
  for (const auto& [section, node] : root) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      file.errors.push_back({source, node.source().begin.line, std::string(section.str()), "",
                             "a key must be in a [section]"});
      continue;
    }
    for (const auto& [key, value] : *table) {
      file.settings.push_back({std::string(section.str()), std::string(key.str()), value_of(value),
                               key.source().begin.line});
    }
    // So that a misspelt section without a key is found too.
    if (table->empty()) {
      file.settings.push_back(
          {std::string(section.str()), "", Foreign{"table"}, table->source().begin.line});
    }
  }
  // The parser sorts by name; an operator reads by line.
  std::ranges::sort(file.settings, {}, &Setting::line);
  return file;
}

}  // namespace

TomlFile read_toml(const std::filesystem::path& path) {
  const auto text = read_file(path, file_max_bytes);
  if (!text) return {{}, {{path, 0, "", "", text.error().message}}};
  try {
    return collect(toml::parse(*text, path.native()), path.native());
  } catch (const toml::parse_error& error) {
    const std::string message = "invalid TOML: " + std::string(error.description());
    return {{}, {{path, error.source().begin.line, "", "", message}}};
  }
}

}  // namespace gatehouse::configuration
