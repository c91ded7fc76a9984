#pragma once

#include <string>

namespace gatehouse::configuration {

/// The field table as Markdown: what docs/configuration.md contains, one table a section.
[[nodiscard]] std::string reference_markdown();

/// The field table as a commented TOML file with every key at its default, except store.id, which
/// is the placeholder STORE-001: what packaging/gatehouse.toml is.
[[nodiscard]] std::string default_toml();

}  // namespace gatehouse::configuration
