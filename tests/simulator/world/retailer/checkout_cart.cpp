#include "tests/simulator/world/retailer/checkout_cart.hpp"

#include <nlohmann/json.hpp>

#include "store/values/money.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;

struct Parts {
  std::int64_t total = 0;
  std::int64_t price = 0;
  std::int64_t promotion = 0;
  std::int64_t tax = 0;
};

Parts parts_of(std::int64_t total) {
  const auto promotion = total % 10;
  const auto tax = total / 11;
  return {.total = total, .price = total + promotion - tax, .promotion = promotion, .tax = tax};
}

}  // namespace

ordered_json checkout_cart(const PricedCart& cart, const std::string& currency) {
  const auto money = [&](std::int64_t minor) -> ordered_json {
    return {{"amount", format_amount({.minor = minor, .currency = currency})},
            {"currencyCode", currency}};
  };
  Parts sums;
  ordered_json lines = ordered_json::array();
  for (const auto& line : cart.lines) {
    const auto parts = parts_of(line.minor);
    sums.total += parts.total;
    sums.price += parts.price;
    sums.promotion += parts.promotion;
    sums.tax += parts.tax;
    ordered_json price{{"totalPrice", money(parts.total)},
                       {"price", money(parts.price)},
                       {"salesTax", money(parts.tax)}};
    if (parts.promotion > 0) {
      price["promotions"] = ordered_json::array({{{"promotionAmount", money(parts.promotion)},
                                                  {"promotionDescription", "odd minor units"}}});
    }
    lines.push_back({{"productId", line.product_id},
                     {"type", "SKU"},
                     {"quantity", {{"value", "1.0"}, {"unit", "each"}}},
                     {"unitPrice", std::move(price)}});
  }
  return {{"lineItems", std::move(lines)},
          {"orderTotals",
           {{"priceTotal", money(sums.total)},
            {"subTotal", money(sums.price)},
            {"promotionsTotal", money(sums.promotion)},
            {"salesTaxTotal", money(sums.tax)}}}};
}

}  // namespace gatehouse::simulator
