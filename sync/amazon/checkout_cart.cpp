#include "sync/amazon/checkout_cart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "store/values/json_text.hpp"
#include "store/values/whole_number.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {
namespace {

/// Reads the amounts of a cart and remembers what was wrong first; after that every amount is 0.
class Amounts {
 public:
  /// In hundredths: two decimals are demanded whatever the currency (services.md 1.3).
  std::int64_t required(const JsonValue& object, const char* name, const std::string& path) {
    const JsonValue money = object[name];
    const auto where = path + '.' + name;
    if (!money.is(JsonKind::object)) return fail(where + " is missing");
    const auto amount = money["amount"].text();
    const auto code = money["currencyCode"].text();
    if (!amount || !code) return fail(where + R"( is not {"amount":"0.99","currencyCode":"USD"})");
    check_currency(*code, where);
    return hundredths(*amount, where);
  }
  std::int64_t optional(const JsonValue& object, const char* name, const std::string& path) {
    return object[name].is(JsonKind::missing) ? 0 : required(object, name, path);
  }

  std::int64_t fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return 0;
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void check_currency(std::string_view code, const std::string& where) {
    if (currency_.empty()) currency_ = code;
    if (code != currency_) fail(where + " is in another currency than the amounts before it");
  }
  std::int64_t hundredths(std::string_view text, const std::string& where) {
    const auto point = text.find('.');
    constexpr std::size_t characters_max = 12;
    if (point != std::string_view::npos && point > 0 && point + 3 == text.size() &&
        text.size() <= characters_max) {
      const auto value =
          whole_number(std::string(text.substr(0, point)).append(text.substr(point + 1)));
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

/// An amount times a quantity such as "2", "1.0" or "0.350", rounded half up; nullopt: no such
/// decimal.
std::optional<std::int64_t> times(std::int64_t price, const JsonValue& line) {
  const auto value = line.find("quantity.value").text();
  if (!value) return std::nullopt;
  std::string digits(*value);
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
  if (price < 0 || (number > 0 && price > product_max / number)) return std::nullopt;
  return (price * number + scale / 2) / scale;
}

std::int64_t sum_of(const JsonValue& unit, const char* list, const char* amount, Amounts& amounts,
                    const std::string& path) {
  const JsonValue entries = unit[list];
  if (entries.is(JsonKind::missing)) return 0;
  if (!entries.is(JsonKind::array)) return amounts.fail(path + '.' + list + " is not a list");
  std::int64_t sum = 0;
  for (const JsonValue entry : entries.children()) {
    const auto where = path + '.' + list;
    if (!entry.is(JsonKind::object))
      return amounts.fail(where + " holds something that is no object");
    sum += amounts.required(entry, amount, where) + amounts.optional(entry, "salesTax", where);
  }
  return sum;
}

void add_line(const JsonValue& line, const std::string& path, Amounts& amounts, Sums& sums) {
  const JsonValue unit = line["unitPrice"];
  if (!unit.is(JsonKind::object)) {
    amounts.fail(path + ".unitPrice is missing");
    return;
  }
  const auto where = path + ".unitPrice";
  const auto price = amounts.required(unit, "price", where);
  const auto total = amounts.required(unit, "totalPrice", where);
  const auto tax = amounts.optional(unit, "salesTax", where);
  const auto promotions = sum_of(unit, "promotions", "promotionAmount", amounts, where);
  const auto deposits = sum_of(unit, "depositsAndFees", "depositAndFeeAmount", amounts, where);
  const auto rest = tax + deposits - promotions;
  const bool adds_up = total == price + rest || total == times(price + rest, line) ||
                       total == times(price, line).value_or(price) + rest;
  if (!adds_up) {
    amounts.fail(where + ".totalPrice is not price - promotions + salesTax + depositsAndFees");
  }
  sums.prices += price;
  sums.multiplied += times(price, line).value_or(price);
  sums.deposits = sums.deposits || deposits > 0;
}

void check_totals(const JsonValue& totals, const Sums& sums, std::int64_t lines, Amounts& amounts) {
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

bool holds_a_fraction(const JsonValue& value) {
  if (value.is(JsonKind::number)) {
    const auto sent = *value.scalar();
    return !whole_number(sent) && !whole_number<std::uint64_t>(sent);
  }
  return std::ranges::any_of(value.children(), holds_a_fraction);
}

std::string identity_error(const JsonValue& cart, const char* name, std::string_view expected) {
  const JsonValue found = cart[name];
  if (found.is(JsonKind::missing) || found.text() == expected) return "";
  return fmt::format("{} is not that of the cart it answers", name);
}

std::unexpected<Error> inconsistent(const std::string& why) {
  return failure(Remedy::reject, "checkoutCart: " + why);
}

/// The cart as it came, with the member where it is missing.
std::string with_member(std::string object, const JsonValue& cart, std::string_view name,
                        std::string_view value) {
  if (!cart[name].is(JsonKind::missing)) return object;
  object.pop_back();
  object += ',';
  append_json_string(object, name);
  object += ':';
  append_json_string(object, value);
  return object + '}';
}

std::string text_of(const JsonValue& cart, std::string_view store_id, std::string_view trip_id) {
  std::string text;
  append_json(text, cart);
  text = with_member(std::move(text), cart, "idempotentShoppingTripId", trip_id);
  return with_member(std::move(text), cart, "storeId", store_id);
}

Result<CheckoutCart> read(const JsonValue& cart, std::string_view store_id,
                          std::string_view trip_id) {
  if (!cart.is(JsonKind::object)) return inconsistent("it is not a JSON object");
  auto error = identity_error(cart, "idempotentShoppingTripId", trip_id);
  if (error.empty()) error = identity_error(cart, "storeId", store_id);
  if (error.empty() && holds_a_fraction(cart))
    error = "a number with a fraction; expected a string";
  const JsonValue lines = cart["lineItems"];
  const JsonValue totals = cart["orderTotals"];
  if (error.empty() && (!lines.is(JsonKind::array) || lines.children().empty())) {
    error = "lineItems is empty: Amazon's checkout refuses an empty cart";
  }
  if (error.empty() && !totals.is(JsonKind::object)) error = "orderTotals is missing";
  if (!error.empty()) return inconsistent(error);

  Amounts amounts;
  Sums sums;
  std::int64_t count = 0;
  for (const JsonValue line : lines.children()) {
    add_line(line, fmt::format("lineItems[{}]", count++), amounts, sums);
  }
  check_totals(totals, sums, count, amounts);
  if (!amounts.error().empty()) return inconsistent(amounts.error());

  const JsonValue price = totals["priceTotal"];
  auto total = parse_money(*price["amount"].text(), *price["currencyCode"].text());
  if (!total) return propagate(std::move(total), "checkoutCart: orderTotals.priceTotal");
  return CheckoutCart{text_of(cart, store_id, trip_id), *std::move(total)};
}

}  // namespace

Result<std::optional<CheckoutCart>> checkout_cart_in(std::string_view answer,
                                                     std::string_view store_id,
                                                     std::string_view trip_id) {
  const auto document = JsonDocument::read(answer);
  if (!document && document.error() == NoDocument::syntax) return std::nullopt;
  if (!document) return inconsistent("it came in " + what_came(document.error(), "no JSON"));
  if ((*document)["checkoutCart"].is(JsonKind::missing)) return std::nullopt;
  auto cart = read((*document)["checkoutCart"], store_id, trip_id);
  if (!cart) return propagate(std::move(cart));
  return std::optional(*std::move(cart));
}

}  // namespace gatehouse::sync
