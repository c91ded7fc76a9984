#pragma once

#include <algorithm>
#include <string_view>

#include "store/values/text/percent.hpp"

namespace gatehouse::sync {

// What of a URL libcurl 7.88 (Debian 12) signs as Amazon verifies it. libcurl signs path and query
// as they are sent; Amazon encodes the path once more, and decodes, encodes and sorts the query. So
// both must be the same before and after that.

/// What comes after the authority of a URL, '' for none.
[[nodiscard]] constexpr std::string_view after_authority(std::string_view url) {
  const auto scheme_end = url.find("://");
  const auto authority = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const auto end = url.find_first_of("/?#", authority);
  return end == std::string_view::npos ? std::string_view{} : url.substr(end);
}

/// Letters, digits, -_.~ and single slashes (Amazon makes one of two).
[[nodiscard]] constexpr bool is_signable_path(std::string_view path) {
  return !path.contains("//") &&
         std::ranges::all_of(path, [](char c) { return c == '/' || is_unreserved(c); });
}

/// `name=value&…`: percent-encoded in capital letters and no more than needed, sorted by name, no
/// name twice. '' is none, and fine.
[[nodiscard]] bool is_canonical_query(std::string_view query);

}  // namespace gatehouse::sync
