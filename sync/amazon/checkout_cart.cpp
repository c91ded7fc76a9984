#include "sync/amazon/checkout_cart.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace gatehouse::sync {
namespace {

using Json = nlohmann::ordered_json;

/// Reads the amounts of a cart and remembers what was wrong first; after that every amount is 0.
class Amounts {
 public:
  /// In hundredths: two decimals are demanded whatever the currency (services.md 1.3).
  std::int64_t required(const Json& object, const char* name, const std::string& path) {
    const auto money = object.find(name);
    const auto where = path + '.' + name;
    if (money == object.end() || !money->is_object()) return fail(where + " is missing");
    const auto amount = money->find("amount");
    const auto code = money->find("currencyCode");
    if (amount == money->end() || !amount->is_string() || code == money->end() ||
        !code->is_string()) {
      return fail(where + R"( is not {"amount":"0.99","currencyCode":"USD"})");
    }
    check_currency(code->get_ref<const std::string&>(), where);
    return hundredths(amount->get_ref<const std::string&>(), where);
  }
  std::int64_t optional(const Json& object, const char* name, const std::string& path) {
    return object.contains(name) ? required(object, name, path) : 0;
  }

  std::int64_t fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return 0;
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void check_currency(const std::string& code, const std::string& where) {
    if (currency_.empty()) currency_ = code;
    if (code != currency_) fail(where + " is in another currency than the amounts before it");
  }
  std::int64_t hundredths(const std::string& text, const std::string& where) {
    const auto point = text.find('.');
    constexpr std::size_t characters_max = 12;
    if (point != std::string::npos && point > 0 && point + 3 == text.size() &&
        text.size() <= characters_max) {
      const auto value = whole_number(text.substr(0, point) + text.substr(point + 1));
      if (value && *value >= 0) return *value;
    }
    return fail(where + ".amount is not a decimal with two digits after the point");
  }

  std::string currency_;
  std::string error_;
};

struct Sums {
  std::int64_t prices = 0;
  std::int64_t multiplied = 0;  ///< price times quantity, each line rounded to the cent
  bool deposits = false;
};

/// Price times a quantity such as "2", "1.0" or "0.350", rounded half up; nullopt: no such decimal.
std::optional<std::int64_t> times(std::int64_t price, const Json& line) {
  const auto quantity = line.find("quantity");
  if (quantity == line.end() || !quantity->is_object()) return std::nullopt;
  const auto value = quantity->find("value");
  if (value == quantity->end() || !value->is_string()) return std::nullopt;
  std::string digits = value->get<std::string>();
  constexpr std::size_t characters_max = 10;  // connectors.md 2.1
  if (digits.size() > characters_max) return std::nullopt;
  std::int64_t scale = 1;
  if (const auto point = digits.find('.'); point != std::string::npos) {
    for (auto left = digits.size() - point - 1; left > 0; --left) scale *= 10;
    digits.erase(point, 1);
  }
  constexpr std::size_t digits_max = 9;
  const auto whole = whole_number(digits);
  if (digits.size() > digits_max || !whole || *whole < 0) return std::nullopt;
  const std::int64_t number = *whole;
  constexpr std::int64_t product_max =
      1'000'000'000'000'000;  // so that sums of them cannot overflow
  if (number > 0 && price > product_max / number) return std::nullopt;
  return (price * number + scale / 2) / scale;
}

std::int64_t sum_of(const Json& unit, const char* list, const char* amount, Amounts& amounts,
                    const std::string& path) {
  const auto entries = unit.find(list);
  if (entries == unit.end()) return 0;
  if (!entries->is_array()) return amounts.fail(path + '.' + list + " is not a list");
  std::int64_t sum = 0;
  for (const auto& entry : *entries) {
    const auto where = path + '.' + list;
    if (!entry.is_object()) return amounts.fail(where + " holds something that is no object");
    sum += amounts.required(entry, amount, where) + amounts.optional(entry, "salesTax", where);
  }
  return sum;
}

void add_line(const Json& line, const std::string& path, Amounts& amounts, Sums& sums) {
  const auto unit = line.is_object() ? line.find("unitPrice") : line.end();
  if (!line.is_object() || unit == line.end() || !unit->is_object()) {
    amounts.fail(path + ".unitPrice is missing");
    return;
  }
  const auto where = path + ".unitPrice";
  const auto price = amounts.required(*unit, "price", where);
  const auto total = amounts.required(*unit, "totalPrice", where);
  const auto tax = amounts.optional(*unit, "salesTax", where);
  const auto promotions = sum_of(*unit, "promotions", "promotionAmount", amounts, where);
  const auto deposits = sum_of(*unit, "depositsAndFees", "depositAndFeeAmount", amounts, where);
  if (total != price - promotions + tax + deposits) {
    amounts.fail(where + ".totalPrice is not price - promotions + salesTax + depositsAndFees");
  }
  sums.prices += price;
  sums.multiplied += times(price, line).value_or(price);
  sums.deposits = sums.deposits || deposits > 0;
}

void check_totals(const Json& totals, const Sums& sums, std::int64_t lines, Amounts& amounts) {
  const std::string path = "orderTotals";
  const auto total = amounts.required(totals, "priceTotal", path);
  const auto sub_total = amounts.required(totals, "subTotal", path);
  const auto promotions = amounts.required(totals, "promotionsTotal", path);
  const auto tax = amounts.required(totals, "salesTaxTotal", path);
  const auto rest = total - (sub_total - promotions + tax);
  if (rest < 0 || (rest > 0 && !sums.deposits)) {
    amounts.fail("orderTotals.priceTotal is not subTotal - promotionsTotal + salesTaxTotal");
  }
  const auto off =
      std::min(std::abs(sub_total - sums.prices), std::abs(sub_total - sums.multiplied));
  if (off > lines) amounts.fail("orderTotals.subTotal is not the sum of the lines' prices");
}

/// Null where it is no JSON, or nests deeper than any cart: what reads it may then recurse.
Json parse(std::string_view text) {
  constexpr int depth_max = 16;
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > depth_max;
    return !too_deep;
  };
  Json document = Json::parse(text, watch, false);
  return too_deep || document.is_discarded() ? Json() : document;
}

bool holds_a_fraction(const Json& value) {
  if (value.is_number_float()) return true;
  return value.is_structured() && std::ranges::any_of(value, holds_a_fraction);
}

std::string identity_error(const Json& cart, const char* name, std::string_view expected) {
  const auto found = cart.find(name);
  if (found == cart.end()) return "";
  if (found->is_string() && found->get_ref<const std::string&>() == expected) return "";
  return fmt::format("{} is not that of the cart it answers", name);
}

Error inconsistent(const std::string& why) {
  return {Remedy::reject, "checkoutCart: " + why};
}

Result<CheckoutCart> read(Json cart, std::string_view store_id, std::string_view trip_id) {
  if (!cart.is_object()) return std::unexpected(inconsistent("it is no JSON object"));
  auto error = identity_error(cart, "idempotentShoppingTripId", trip_id);
  if (error.empty()) error = identity_error(cart, "storeId", store_id);
  if (error.empty() && holds_a_fraction(cart))
    error = "a number with a fraction; expected a string";
  const auto lines = cart.find("lineItems");
  const auto totals = cart.find("orderTotals");
  if (error.empty() && (lines == cart.end() || !lines->is_array() || lines->empty())) {
    error = "lineItems is empty: Amazon's checkout refuses an empty cart";
  }
  if (error.empty() && (totals == cart.end() || !totals->is_object())) {
    error = "orderTotals is missing";
  }
  if (!error.empty()) return std::unexpected(inconsistent(error));

  Amounts amounts;
  Sums sums;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    add_line((*lines)[i], fmt::format("lineItems[{}]", i), amounts, sums);
  }
  check_totals(*totals, sums, static_cast<std::int64_t>(lines->size()), amounts);
  if (!amounts.error().empty()) return std::unexpected(inconsistent(amounts.error()));

  const auto& price = totals->at("priceTotal");
  auto total = parse_money(price.at("amount").get<std::string>(),
                           price.at("currencyCode").get<std::string>());
  if (!total) return propagate(std::move(total), "checkoutCart: orderTotals.priceTotal");
  cart["idempotentShoppingTripId"] = trip_id;
  cart["storeId"] = store_id;
  return CheckoutCart{cart.dump(-1, ' ', false, Json::error_handler_t::replace), *std::move(total)};
}

}  // namespace

Result<std::optional<CheckoutCart>> checkout_cart_in(std::string_view answer,
                                                     std::string_view store_id,
                                                     std::string_view trip_id) {
  Json document = parse(answer);
  if (!document.is_object() || !document.contains("checkoutCart")) return std::nullopt;
  auto cart = read(std::move(document["checkoutCart"]), store_id, trip_id);
  if (!cart) return propagate(std::move(cart));
  return std::optional(*std::move(cart));
}

}  // namespace gatehouse::sync
