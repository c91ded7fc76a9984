#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/values/money.hpp"
#include "store/values/result.hpp"

namespace gatehouse::sync {

/// A priced cart as Amazon's checkout service takes it (services.md 3).
struct CheckoutCart {
  std::string text;  ///< JSON, with idempotentShoppingTripId and storeId in it
  Money total;       ///< orderTotals.priceTotal
};

/// The `checkoutCart` of the cloud's answer to a cart, or of what the local API was given. nullopt:
/// there is none, or it is no JSON. Trip and store are put in where they are missing, and must be
/// ours where they are not.
///
/// It is checked before it may be sent, because Amazon refuses an inconsistent one whole, and then
/// nobody is charged: at least one line; every amount a string with two decimals, in one currency;
/// each line's totalPrice = price - promotions + salesTax + deposits and fees with their tax; the
/// order's priceTotal = subTotal - promotionsTotal + salesTaxTotal (+ deposits and fees where lines
/// have some); subTotal = the sum of the lines' prices. How quantity multiplies a line is not
/// published: subTotal may be either sum, with or without it, to the cent a line, and a line's
/// totalPrice may be of one piece, of all of them, or of all pieces with promotions, tax, deposits
/// and fees of the line as a whole.
/// Remedy::reject: what is wrong, by path, without amounts.
[[nodiscard]] Result<std::optional<CheckoutCart>> checkout_cart_in(std::string_view answer,
                                                                   std::string_view store_id,
                                                                   std::string_view trip_id);

}  // namespace gatehouse::sync
