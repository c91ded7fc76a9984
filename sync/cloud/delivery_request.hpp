#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/delivery.hpp"
#include "store/values/money.hpp"
#include "store/values/result.hpp"
#include "sync/cloud/cloud_options.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// The request that delivers one record; takes its payload. A cart's bytes are untouched. Headers:
/// Content-Type, Idempotency-Key, Gatehouse-Store, Gatehouse-Sequence, Gatehouse-Received-At (RFC
/// 3339, UTC: when the record came to be in the ledger), Gatehouse-Ledger (which ledger sends it,
/// and in which era: left out where it has no id yet) and, for a cart, Gatehouse-Purchase-Id. The
/// latter is left out for an empty cart, whose purchase id is '': an empty header and none say the
/// same, and curl signs and sends empty headers badly. A cart that the gate refused, and that a
/// person has forwarded, goes the same way with `Gatehouse-Refused`: why. By the header and not by
/// a path of its own, which a cloud that does not know it would answer 404, and that counts against
/// the cloud.
[[nodiscard]] Request delivery_request(const CloudOptions& cloud, std::string_view store_id,
                                       store::Delivery& delivery);

/// The price that the answer to a cart may carry: {"charge":{"amount":"15.99","code":"USD"}}, the
/// amount as a string or as a JSON number. nullopt: none, or null (also where the answer is no JSON
/// object). Remedy::reject: there is one that cannot be read or is negative; the cart is delivered
/// all the same, and the price has to come over the local API.
[[nodiscard]] Result<std::optional<Money>> charge_in(std::string_view answer);

/// Whether the answer says that a price of nothing is meant: "free": true, in `charge` or beside
/// it.
[[nodiscard]] bool says_free(std::string_view answer);

}  // namespace gatehouse::sync
