#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/values/money.hpp"

namespace gatehouse::simulator {

/// The body of a call to the JWO checkout service (services.md 3).
struct CheckoutRequest {
  std::string store_id;
  std::string trip_id;
  Money total;
};

struct CheckedRequest {
  std::optional<CheckoutRequest> cart{};
  std::string_view error{};  ///< the name of Amazon's exception where there is no cart
};

/// Checks form and consistency. Every amount has two decimals (Amazon's rule; currencies without a
/// minor unit may go without, an inference) and one currency. Each line's totalPrice is price -
/// promotions + salesTax + depositsAndFees with their tax, and orderTotals are the sums of the
/// lines. How a quantity multiplies a line is not published, so the sums may be those of the lines
/// or those of the lines times their quantities. Errors, the last three by services.md 3:
/// BadRequestException, CartContentValidationFailed, CartOrderTotalInvalid.
[[nodiscard]] CheckedRequest read_checkout_request(std::string_view body);

}  // namespace gatehouse::simulator
