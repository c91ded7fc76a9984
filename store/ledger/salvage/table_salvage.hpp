#pragma once

#include <string>

#include "store/ledger/salvage/damaged_file.hpp"
#include "store/ledger/salvage/losses.hpp"
#include "store/ledger/salvage/new_ledger_file.hpp"
#include "store/ledger/salvage/salvage_report.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// Takes every row of a table over that can be read, and compares what came with what its indexes
/// name, and with the numbers that were given. A row that the new tables do not take, or in which a
/// number stands for nothing, is noted and counts as lost: never dropped in silence. A charge with
/// such a number is taken as one that is held.
/// `trips` is the highest sequence of a trip, for tables that have that as their row id.
[[nodiscard]] Result<SalvagedTable> salvage_table(DamagedFile& from,
                                                  const sqlite::TableShape& table,
                                                  std::int64_t trips, NewLedgerFile& into,
                                                  Losses& losses, SalvageReport& report);

}  // namespace gatehouse::store
