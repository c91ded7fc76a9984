#pragma once

#include <optional>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// When keys expire, as AWS writes it: "2019-05-29T00:21:43Z" (parts of a second and an offset are
/// allowed), or seconds since 1970, also as "1.514869445E9" (STS, when JSON is asked for). Parts of
/// a second are dropped. nullopt: neither.
[[nodiscard]] std::optional<WallTime> read_expiration(std::string_view text);

}  // namespace gatehouse::sync
