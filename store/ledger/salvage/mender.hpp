#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "store/ledger/salvage/losses.hpp"
#include "store/ledger/salvage/salvage_report.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// What Amazon is answered for a trip of this store, made again.
using PurchaseIdOf =
    std::move_only_function<std::string(std::string_view store_id, std::string_view trip_id)>;

/// Makes a salvaged ledger one that may be served, in one transaction:
///
/// * What is left of a trip whose row is lost keeps a trip, with its id where an index or the key
///   of its cart's delivery tells it. Nothing that was captured or given back is forgotten for it.
/// * A charge that is lost is held, in doubt; so is one that another row contradicts, whatever
///   state it seems to be in. One of which only a part could be read counts as one of which a
///   cancel left and that was charged elsewhere: it is never charged here again.
/// * A delivery that is lost is set aside, unless an index says that it was delivered. A refund
///   that is lost, was read in part or is contradicted counts as all that was captured, of each
///   trip that it may be of; where that is not known for sure, as 10^15 minor units, above any
///   price.
/// * Bytes that are not those that were recorded are set aside.
///
/// `file` has the newest schema, and nobody has it open. Adds to `report`. `store_id`: of trips
/// whose own is not known.
[[nodiscard]] Result<> mend(const std::filesystem::path& file, const Losses& losses, WallTime now,
                            std::string_view store_id, PurchaseIdOf& purchase_id,
                            SalvageReport& report);

}  // namespace gatehouse::store
