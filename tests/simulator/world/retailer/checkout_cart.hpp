#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tests/simulator/pricing.hpp"

namespace gatehouse::simulator {

/// A priced cart as Amazon's checkout takes it (services.md 3): {"lineItems", "orderTotals"}; the
/// box adds trip and store. Every line has a promotion and a tax, so that there is something to add
/// up; the total is the cart's. How a quantity multiplies a line's prices is not published, so each
/// piece is a line of its own.
[[nodiscard]] nlohmann::ordered_json checkout_cart(const PricedCart& cart,
                                                   const std::string& currency);

}  // namespace gatehouse::simulator
