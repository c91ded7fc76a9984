#pragma once

#include <string>
#include <utility>

namespace gatehouse::configuration {

/// A value that must never be shown. There is no formatter, no stream operator and no conversion,
/// so that it reaches a log or an error only where somebody writes reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] bool empty() const { return value_.empty(); }
  [[nodiscard]] const std::string& reveal() const { return value_; }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

/// A secret that lives in a file. `source` is as configured: an absolute path, "credential:NAME"
/// (the file NAME in systemd's $CREDENTIALS_DIRECTORY), or '' for none. Read once, at load, with
/// one line end at its end removed.
struct SecretFile {
  std::string source;
  Secret secret;
  bool operator==(const SecretFile&) const = default;
};

/// A file that a library opens by its path: certificates and keys. `source` as in SecretFile;
/// `path` is what it resolved to, and was readable at load. Both '' for none.
struct NamedFile {
  std::string source;
  std::string path;
  bool operator==(const NamedFile&) const = default;
};

}  // namespace gatehouse::configuration
