#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// The purchaseId of a trip: a name-based UUID (version 5) of the storeId and the trip id that
/// Amazon sent, so that the same trip has the same id for ever, on every box, and even after the
/// loss of a ledger.
[[nodiscard]] std::string purchase_id_of(std::string_view store_id, std::string_view trip_id);

}  // namespace gatehouse::gate
