#pragma once

#include <array>
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
                          SecretFile*, NamedFile*, UnknownShopper*, WhenStale*, AcceptedId*,
                          AuthorizationFallback*, Auth*, Settlement*, UnknownCapture*, TimeUnit*,
                          CredentialSource*>;

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

/// The words of an enumeration as they stand in the file; the position is the value.
template <class Enumeration>
inline constexpr std::array<std::string_view, 0> choices{};
template <>
inline constexpr auto choices<UnknownShopper> =
    std::to_array<std::string_view>({"reject", "ask_cloud"});
template <>
inline constexpr auto choices<WhenStale> = std::to_array<std::string_view>({"answer", "reject"});
template <>
inline constexpr auto choices<AcceptedId> = std::to_array<std::string_view>({"code", "shopper"});
template <>
inline constexpr auto choices<AuthorizationFallback> =
    std::to_array<std::string_view>({"recommendation", "accept", "deny"});
template <>
inline constexpr auto choices<Auth> =
    std::to_array<std::string_view>({"none", "basic", "bearer", "sigv4", "mtls"});
template <>
inline constexpr auto choices<Settlement> =
    std::to_array<std::string_view>({"none", "payment", "checkout"});
template <>
inline constexpr auto choices<UnknownCapture> =
    std::to_array<std::string_view>({"ask_then_repeat", "hold"});
template <>
inline constexpr auto choices<TimeUnit> =
    std::to_array<std::string_view>({"seconds", "milliseconds"});
template <>
inline constexpr auto choices<CredentialSource> =
    std::to_array<std::string_view>({"environment", "file", "process", "iot"});

}  // namespace gatehouse::configuration
