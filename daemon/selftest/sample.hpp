#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/selftest/case.hpp"

namespace gatehouse::selftest {

/// A request body that is being made worse: what of it `place` (a JSON pointer) names is replaced,
/// or goes.
[[nodiscard]] std::string with(nlohmann::json body, const char* place, const nlohmann::json& value);
[[nodiscard]] std::string without(nlohmann::json body, const char* parent, const char* name);

/// A string that is longer than every id may be.
[[nodiscard]] inline std::string too_long() {
  return std::string(256, 'x');
}

/// A UUID of this run, by its purpose and number: "5e1f7e57-…".
[[nodiscard]] std::string uuid_of(const Setup& setup, unsigned purpose, std::size_t number);
/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string base64_of(std::string_view bytes);

/// The types of external identifiers that the box admits, of Amazon's own where it admits those;
/// one at least.
[[nodiscard]] std::vector<std::string> identifier_types(const Setup& setup);

// Good requests.
[[nodiscard]] nlohmann::json sample_identity(const Setup& setup, std::string_view code);
[[nodiscard]] nlohmann::json sample_scan(const Setup& setup, std::string_view code);
/// The cart of case 1.1 with the optional fields that a numbered case names. App entry, whatever
/// the page's own sample says: nobody is charged for it.
[[nodiscard]] nlohmann::json sample_cart(const Setup& setup, std::size_t number);
[[nodiscard]] nlohmann::json sample_authorization(const Setup& setup, std::string_view instrument);

}  // namespace gatehouse::selftest
