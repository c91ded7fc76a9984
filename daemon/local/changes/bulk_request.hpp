#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/delivery.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::local {

/// One page of something that an operator does to many records or trips:
/// {"state":"set_aside","since":"2025-05-02T00:05:18Z","kind":"cart","dryRun":true,"after":17},
/// every member of it optional.
struct BulkRequest {
  store::DeliveryState state = store::DeliveryState::set_aside;  ///< of records
  std::optional<store::DeliveryKind> kind;                       ///< of records
  std::optional<WallTime> since;
  std::int64_t after = 0;  ///< where the page before ended
  bool dry_run = false;    ///< say what would be done, and do nothing
};

enum class BulkSubject { records, trips };

/// Remedy::reject: no such request. A member that is not known is refused, too: a mistyped dryRun
/// must not act.
[[nodiscard]] Result<BulkRequest> parse_bulk_request(BulkSubject subject, std::string_view body);

/// So many rows are looked at by one request, and changed in one commit: neither the reader's loop
/// nor the ledger thread is held for long.
inline constexpr std::size_t bulk_page = 200;

}  // namespace gatehouse::local
