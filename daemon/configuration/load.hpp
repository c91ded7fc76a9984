#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/configuration/configuration.hpp"

namespace gatehouse::configuration {

/// The environment as an argument: see process_environment().
using Environment = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] Environment process_environment();

/// One thing that is wrong, where it is written, and what was expected.
struct ConfigError {
  std::string source;    ///< a file, "environment", or '' where a default is meant
  std::size_t line = 0;  ///< in that file; 0: none
  std::string key;       ///< "gate.max_body", a variable's name, or '' for the file as a whole
  std::string value;     ///< as it came; '' where it could be a secret
  std::string message;   ///< what was expected and what to do
};
/// "/etc/gatehouse/gatehouse.toml:12: gate.max_body = \"1MB\": expected …"
[[nodiscard]] std::string to_text(const ConfigError& error);

/// Something that works and is probably not meant, or is left to configure.
struct ConfigWarning {
  std::string key;
  std::string message;
  bool pressing = false;  ///< needs a look today; otherwise it is worth knowing
};

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

/// The keys whose values differ and that only a restart can change, e.g. "gate.listen": for SIGHUP.
[[nodiscard]] std::vector<std::string> needs_restart(const Configuration& running,
                                                     const Configuration& wanted);

/// True where a listener at `address` ("ip:port", a unix socket's path, or @ and its abstract name)
/// can be reached from this machine alone.
[[nodiscard]] bool is_local_only(std::string_view address);
/// True where the gate demands proof of its callers: mTLS or a bearer token.
[[nodiscard]] bool demands_proof(const Gate& gate);

}  // namespace gatehouse::configuration
