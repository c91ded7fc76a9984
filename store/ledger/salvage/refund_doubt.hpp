#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "store/ledger/salvage/losses.hpp"
#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// Trips of which something may have been given back that no row tells of for sure: a refund of
/// theirs is lost or contradicted, was read in part, or has its delivery at another trip, or it is
/// the charge that was read in part. Only those that are there and have no stand-in for a refund
/// yet, which counts as all that may have been captured.
///
/// A refund that is contradicted is set aside with `reason`, unless it was delivered. Runs within
/// the transaction of whoever calls it; Remedy::retry where the disk fails.
[[nodiscard]] Result<std::set<std::int64_t>> trips_with_refund_in_doubt(sqlite::Database& database,
                                                                        const Losses& losses,
                                                                        WallTime now,
                                                                        std::string_view reason);

}  // namespace gatehouse::store
