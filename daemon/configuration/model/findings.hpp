#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

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

struct Origin {
  std::string source;
  std::size_t line = 0;
};

/// Collects what is wrong while a configuration is loaded, and remembers where each key was set.
class Findings {
 public:
  void set_at(const std::string& key, Origin origin) { origins_[key] = std::move(origin); }

  void add(ConfigError error);
  /// About a key as it stands: with its place and its value. A key that is wrong already is not
  /// reported again for what follows from that.
  void error(const Configuration& configuration, std::string_view key, std::string message);
  void warning(std::string_view key, std::string message);

  [[nodiscard]] bool failed() const { return !errors_.empty(); }
  [[nodiscard]] std::vector<ConfigError> take_errors() && { return std::move(errors_); }
  [[nodiscard]] std::vector<ConfigWarning> take_warnings() && { return std::move(warnings_); }

 private:
  std::map<std::string, Origin, std::less<>> origins_;
  std::set<std::string, std::less<>> failed_keys_;
  std::vector<ConfigError> errors_;
  std::vector<ConfigWarning> warnings_;
};

}  // namespace gatehouse::configuration
