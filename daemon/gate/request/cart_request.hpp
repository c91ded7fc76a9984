#pragma once

#include <expected>
#include <string_view>

#include "daemon/gate/request/cart_rules.hpp"
#include "daemon/gate/request/field_error.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/time.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// What the gate needs of POST /v1/order/purchases (connectors.md 2.1). Views into the parser, good
/// until its next parse().
struct CartRequest {
  std::string_view request_id;
  std::string_view trip_id;  ///< idempotentShoppingTripId
  std::string_view store_id;
  WallTime started_at;
  WallTime ended_at;
  store::Entry entry = store::Entry::app;  ///< card where any auth event is of card entry (FAQ)
  bool empty = true;                       ///< nothing in cartItems
};

/// Reads and checks a cart by the 35 numbered cases of connectors.md 2.6, and nothing else:
/// presence and format of the required fields, and of an optional one where a case says so. What
/// payload and identifier types there are, `rules` say; a refused one is named in the error. Never
/// its contents (FAQ): unknown items, texts, units and fields pass. Whether the store is ours is
/// not asked.
///
/// Where the contract is silent: authEvents may be empty ("missing" is case 3.11, a minimum is not
/// published) and the trip then counts as app entry, for nothing says that Amazon charges it;
/// idempotentShoppingTripId has no published limit and must be 1 to 255 characters, like every
/// other id.
[[nodiscard]] std::expected<CartRequest, FieldError> parse_cart(DocumentParser& parser,
                                                                std::string_view body,
                                                                const CartRules& rules);

}  // namespace gatehouse::gate
