#pragma once

#include <string>
#include <string_view>

namespace gatehouse::sync {

/// `base` with or without its closing slash, and a path that begins with one.
[[nodiscard]] inline std::string join_url(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url(base);
  url += path;
  return url;
}

}  // namespace gatehouse::sync
