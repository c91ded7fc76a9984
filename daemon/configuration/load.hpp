#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/configuration/model/findings.hpp"

namespace gatehouse::configuration {

/// The environment as an argument: see process_environment().
using Environment = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] Environment process_environment();

struct Loaded {
  Configuration configuration;
  std::vector<ConfigWarning> warnings;
  /// The files that were read, in order: the later one wins, key by key.
  std::vector<std::filesystem::path> files;
};

/// Reads `file`, then `conf.d/*.toml` beside it in the order of their names, then the environment
/// (`[cloud] url` is GATEHOUSE_CLOUD_URL), and checks all of it. All errors are reported at once.
/// Pure apart from the files it reads; nothing of the process is looked at. Any thread.
[[nodiscard]] std::expected<Loaded, std::vector<ConfigError>> load(
    const std::filesystem::path& file, const Environment& environment);

/// All defaults, unchecked (store.id is still empty): for tests, and as the start of load().
[[nodiscard]] Configuration defaults();

}  // namespace gatehouse::configuration
