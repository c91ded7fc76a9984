#pragma once

#include <optional>
#include <string>

namespace gatehouse::store {

/// What the cloud's answer to a cart says of who charges the trip, beside the price.
struct ChargeGrant {
  /// The ledger that may charge, as ledger_name() writes it; '' : the answer names none.
  std::string ledger{};
  bool required = false;  ///< a price that names none is no price (cloud.grant = "required")
  /// Whether the trip was charged by another box, as the cloud knows; nullopt: it does not say.
  std::optional<bool> settled_elsewhere{};
  /// Where that is true: the payment record that ends the trip, as SettlementChange has it.
  std::string record{};
};

}  // namespace gatehouse::store
