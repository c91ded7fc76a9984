#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/configuration/model/field.hpp"

namespace gatehouse::configuration {

/// A value of a TOML type that no key takes: a float, a date, a table.
struct Foreign {
  std::string type;
};
/// What a file or a variable gave for a key, before it is known to fit.
using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Foreign>;

/// The value of a variable or a default: as the key's type wants it where the text fits, else the
/// text itself, which then fails with what was expected. Lists are comma-separated.
[[nodiscard]] Value value_from_text(const Field& field, std::string_view text);

/// Puts the value into its place. On failure nothing is changed, and the error says what the key
/// expects.
[[nodiscard]] std::expected<void, std::string> assign(const Field& field, Configuration& into,
                                                      const Value& value);

/// The value as it would stand in the file, e.g. `"24h"`. Of a secret: where it comes from.
[[nodiscard]] std::string value_text(const Field& field, const Configuration& from);

/// A value that was refused, for the error: `"1MB"`. '' where it could be a secret: the content of
/// a secret put in place of its file, or a URL with a password. Of a URL never the query.
[[nodiscard]] std::string refused_text(const Field& field, const Value& value);

/// "duration", "list of text", "`none`, `basic`, …": for the documentation.
[[nodiscard]] std::string type_text(const Field& field);

}  // namespace gatehouse::configuration
