#pragma once

#include <optional>
#include <string>

#include "store/time.hpp"

namespace gatehouse::local {

/// RFC 3339 in UTC: "2025-05-02T00:05:18.000Z".
[[nodiscard]] std::string utc_text(WallTime time);

/// For people, in the two largest units: "45 s", "3 h 12 min", "2 d 5 h". A negative age (a clock
/// that jumped) is "0 s".
[[nodiscard]] std::string age_text(milliseconds age);

}  // namespace gatehouse::local
