#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse {

/// RFC 3339 in UTC with milliseconds: "2025-05-02T00:05:18.123Z".
[[nodiscard]] std::string rfc3339(WallTime time);

/// Reads a date-time of RFC 3339, the profile of ISO-8601 that Amazon's samples show
/// (`2024-03-22T17:00:00Z`): any offset, any number of fraction digits (cut to milliseconds), real
/// calendar days only. A leap second is taken where one can be (23:59:60 UTC, last day of a month)
/// and means the second after it, as in POSIX time.
///
/// One thing goes beyond RFC 3339: seconds may be missing (`2024-03-22T17:00Z`), as ISO-8601 allows
/// and Java's OffsetDateTime prints every time that falls on a full minute. To refuse one cart in
/// sixty for that would cost the store a sale.
/// nullopt: anything else, also a blank before or after.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace gatehouse
