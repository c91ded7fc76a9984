#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/configuration/load.hpp"

namespace gatehouse::configuration {

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
