#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulator {

/// One piece, or what was weighed, as a line of its own.
struct PricedLine {
  std::string product_id;
  std::int64_t minor = 0;
};

/// What the retailer's cloud makes of a cart. The contents are never refused (FAQ): an unknown item
/// has a price like any other.
struct PricedCart {
  bool empty = false;
  bool card_entry = false;          ///< an authEvent has payloadType FINANCIAL (FAQ)
  std::int64_t total_minor = 0;     ///< in the minor unit of whatever currency the store has
  std::vector<PricedLine> lines{};  ///< they add up to the total
};

/// Price of one piece (or kilogram) in cents, 0.99 to 4.98, from the item's id alone.
[[nodiscard]] std::int64_t unit_price_minor(std::string_view item_id);

/// One line: quantity ("2", "1.0", "0.350") times unit price, rounded half up to the cent. A
/// quantity that is no such decimal counts as one piece.
[[nodiscard]] std::int64_t line_price_minor(std::string_view item_id, std::string_view quantity);

/// Prices a cart in Amazon's format; nullopt where the body is no JSON or has no cartItems.
[[nodiscard]] std::optional<PricedCart> price_cart(std::string_view cart);

}  // namespace gatehouse::simulator
