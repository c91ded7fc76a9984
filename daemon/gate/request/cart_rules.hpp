#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger/records/trip.hpp"

namespace gatehouse::gate {

/// A payloadType beside Amazon's two documented ones, and who charges a trip that began so.
struct PayloadType {
  std::string name;
  store::Entry entry = store::Entry::app;
  bool operator==(const PayloadType&) const = default;
};

/// What an operator may add to the values that a cart is read by.
struct CartRules {
  std::vector<PayloadType> payload_types;  ///< FINANCIAL (card) and SCAN_CODE (app) always hold
  /// Of externalIdentifiers; none: any. The default of gate.identifier_types is what Amazon's
  /// contracts have: of ordering (connectors.md 2.1) UPC, EAN, BARCODE, GTIN and PLU; of the
  /// catalog, whose items a cart names (services.md 4.1), ISBN and EAN8 beside them.
  std::vector<std::string> identifier_types{};

  /// nullopt: a type that is not known.
  [[nodiscard]] std::optional<store::Entry> entry_of(std::string_view payload_type) const;
  [[nodiscard]] bool knows_identifier(std::string_view type) const;
};

/// Reads "PALM=card" or "BADGE=app". The error says what is wrong: a name of other characters than
/// letters, digits, _ and -, or of more than 64; another meaning for one of Amazon's two, or for
/// one that comes twice.
[[nodiscard]] std::expected<std::vector<PayloadType>, std::string> parse_payload_types(
    const std::vector<std::string>& texts);

}  // namespace gatehouse::gate
