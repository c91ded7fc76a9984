#include "daemon/configuration/reading/secret_files.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "daemon/configuration/model/field.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::configuration {
namespace {

constexpr std::size_t secret_max_bytes = 16 * 1024;
constexpr std::size_t pem_max_bytes = 4 * 1024 * 1024;
constexpr std::string_view credential_prefix = "credential:";

// '' with an error reported: it names a credential, and systemd passed none.
std::filesystem::path resolved(const Configuration& c, const std::string& key,
                               const std::string& source, const std::filesystem::path& credentials,
                               Findings& findings) {
  if (!source.starts_with(credential_prefix)) return source;
  if (credentials.empty()) {
    findings.error(c, key,
                   "systemd passed no credentials: add LoadCredential= or SetCredential= to the "
                   "unit, or name a file");
    return {};
  }
  return credentials / source.substr(credential_prefix.size());
}

// What may stand in an HTTP header: visible characters, and blanks between them.
bool is_sendable(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, is_printable);
}

class Resolve {
 public:
  Resolve(Configuration& c, const std::filesystem::path& credentials, Findings& findings)
      : configuration_(c), credentials_(credentials), findings_(findings) {}

  void field(const Field& field) {
    const Slot slot = field.slot(configuration_);
    if (auto* const* secret = std::get_if<SecretFile*>(&slot)) read(field.name(), **secret);
    if (auto* const* file = std::get_if<NamedFile*>(&slot)) find(field.name(), **file);
  }

 private:
  void read(const std::string& key, SecretFile& file) {
    const auto content = content_of(key, file.source, secret_max_bytes);
    if (!content) return;
    std::string_view text = *content;
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    const bool pair = text.find(':') != std::string_view::npos && !text.starts_with(':');
    if (!is_sendable(text)) {
      findings_.error(configuration_, key,
                      "the file must hold one line of visible ASCII characters");
    } else if (key.ends_with(".basic_file") && !pair) {
      findings_.error(configuration_, key, "the file must hold user:password");
    }
    file.secret = Secret(std::string(text));
  }

  void find(const std::string& key, NamedFile& file) {
    if (!content_of(key, file.source, pem_max_bytes)) return;
    file.path = resolved(configuration_, key, file.source, credentials_, findings_);
  }

  std::optional<std::string> content_of(const std::string& key, const std::string& source,
                                        std::size_t max_bytes) {
    if (source.empty()) return std::nullopt;
    const auto path = resolved(configuration_, key, source, credentials_, findings_);
    if (path.empty()) return std::nullopt;
    auto content = read_file(path, max_bytes);
    if (content) return std::move(*content);
    findings_.error(configuration_, key, "the file " + content.error().message);
    return std::nullopt;
  }

  Configuration& configuration_;
  const std::filesystem::path& credentials_;
  Findings& findings_;
};

}  // namespace

void resolve_files(Configuration& configuration, const std::filesystem::path& credentials_directory,
                   Findings& findings) {
  Resolve resolve(configuration, credentials_directory, findings);
  for (const Field& field : fields()) resolve.field(field);
}

}  // namespace gatehouse::configuration
