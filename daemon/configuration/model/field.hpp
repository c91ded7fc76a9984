#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

/// Where a field's value lives. The C++ type there decides how the value is read and written.
using Slot = std::variant<bool*, std::size_t*, std::string*, std::vector<std::string>*,
                          std::filesystem::path*, milliseconds*, ByteCount*, Url*, ListenAddress*,
                          SecretFile*, NamedFile*, UnknownShopper*, WhenStale*, Auth*,
                          gate::AcceptedId*, gate::AuthorizationFallback*, sync::SettlementMode*,
                          sync::UnknownCapture*, sync::PartialApproval*, sync::UnvouchedRule*,
                          sync::GrantRule*, sync::TimeUnit*, sync::CredentialSource*>;

/// When a changed value takes effect.
enum class Reload { on_sighup, on_restart };

/// Limits of a number, in the unit of the slot: a count, milliseconds or bytes. Both inclusive.
struct Range {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

/// One key of the configuration. Reading, defaults, environment, errors and documentation all come
/// from this.
struct Field {
  std::string_view section;
  std::string_view key;
  std::string_view initial;  ///< the default, as the environment would give it
  Slot (*slot)(Configuration&);
  Reload reload;
  Range range;
  std::string_view doc;  ///< one line of prose: what it does, and what it costs

  [[nodiscard]] std::string name() const { return std::string(section) + "." + std::string(key); }
  /// "GATEHOUSE_" + section + "_" + key, in capitals.
  [[nodiscard]] std::string variable() const;
};

struct Section {
  std::string_view name;
  std::string_view doc;
};

/// In the order of the documentation.
[[nodiscard]] std::span<const Section> sections();
[[nodiscard]] std::span<const Field> fields();
/// nullptr: there is no such key.
[[nodiscard]] const Field* find_field(std::string_view section, std::string_view key);

}  // namespace gatehouse::configuration
