#pragma once

#include <string>
#include <string_view>

namespace gatehouse::configuration {

/// What to say about a key that does not exist: what was most likely meant, or what there is.
[[nodiscard]] std::string unknown_key_text(std::string_view section, std::string_view key);

/// The same for a variable. '' where it is no key of ours at all: GATEHOUSE_ and no section.
[[nodiscard]] std::string unknown_variable_text(std::string_view variable);

}  // namespace gatehouse::configuration
