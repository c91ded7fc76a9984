#include "tests/simulator/world/amazon/checkout_request.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr std::string_view bad_request = "BadRequestException";
constexpr std::string_view bad_content = "CartContentValidationFailed";
constexpr std::string_view bad_total = "CartOrderTotalInvalid";

/// Thrown by the reader below and caught at its edge: the only exceptions here.
struct Refused {
  std::string_view name;
};

const json& member(const json& object, const char* name, std::string_view otherwise) {
  if (!object.is_object() || !object.contains(name)) throw Refused{otherwise};
  return object.at(name);
}

std::string text(const json& object, const char* name, std::size_t length_max = 255) {
  const auto& value = member(object, name, bad_request);
  if (!value.is_string()) throw Refused{bad_request};
  auto read = value.get<std::string>();
  if (read.empty() || read.size() > length_max) throw Refused{bad_request};
  return read;
}

/// In thousandths: "1.0" is 1000.
std::int64_t quantity_thousandths(const json& line) {
  const auto& quantity = member(line, "quantity", bad_request);
  (void)text(quantity, "unit");
  const auto value = parse_money(text(quantity, "value", 10), "KWD");
  if (!value || value->minor <= 0) throw Refused{bad_request};
  return value->minor;
}

struct Sums {
  std::int64_t total = 0;
  std::int64_t price = 0;
  std::int64_t promotions = 0;
  std::int64_t tax = 0;

  void add(const Sums& line, std::int64_t thousandths) {
    const auto times = [thousandths](std::int64_t minor) {
      return (minor * thousandths + 500) / 1000;
    };
    total += times(line.total);
    price += times(line.price);
    promotions += times(line.promotions);
    tax += times(line.tax);
  }
  bool operator==(const Sums&) const = default;
};

class Reader {
 public:
  CheckoutRequest read(const json& body) {
    CheckoutRequest request{.store_id = text(body, "storeId"),
                            .trip_id = text(body, "idempotentShoppingTripId"),
                            .total = {}};
    const auto& lines = member(body, "lineItems", bad_request);
    if (!lines.is_array()) throw Refused{bad_request};
    if (lines.empty()) throw Refused{bad_content};
    Sums of_lines;
    Sums times_quantity;
    for (const auto& line : lines) {
      const auto sums = read_line(line);
      of_lines.add(sums, 1000);
      times_quantity.add(sums, quantity_thousandths(line));
    }
    const auto& totals = member(body, "orderTotals", bad_total);
    const Sums stated{.total = minor(totals, "priceTotal", bad_total),
                      .price = minor(totals, "subTotal", bad_total),
                      .promotions = minor(totals, "promotionsTotal", bad_total),
                      .tax = minor(totals, "salesTaxTotal", bad_total)};
    if (stated.total <= 0) throw Refused{bad_total};
    if (stated != of_lines && stated != times_quantity) throw Refused{bad_content};
    request.total = {.minor = stated.total, .currency = currency_};
    return request;
  }

 private:
  Sums read_line(const json& line) {
    (void)text(line, "productId");
    (void)text(line, "type");
    const auto& unit = member(line, "unitPrice", bad_request);
    Sums sums{.total = minor(unit, "totalPrice"),
              .price = minor(unit, "price"),
              .promotions = 0,
              .tax = minor(unit, "salesTax")};
    std::int64_t fees = 0;
    for (const auto& promotion : list(unit, "promotions")) {
      (void)text(promotion, "promotionDescription");
      sums.promotions += minor(promotion, "promotionAmount");
    }
    for (const auto& fee : list(unit, "depositsAndFees")) {
      (void)text(fee, "depositAndFeeDescription");
      fees += minor(fee, "depositAndFeeAmount");
      sums.tax += minor(fee, "salesTax");
    }
    if (sums.total != sums.price - sums.promotions + sums.tax + fees) throw Refused{bad_content};
    return sums;
  }

  static json list(const json& object, const char* name) {
    if (!object.contains(name)) return json::array();
    if (!object.at(name).is_array()) throw Refused{bad_request};
    return object.at(name);
  }

  std::int64_t minor(const json& object, const char* name,
                     std::string_view otherwise = bad_request) {
    const auto& money = member(object, name, otherwise);
    const auto code = text(money, "currencyCode", 3);
    const auto amount = text(money, "amount", 20);
    if (currency_.empty()) currency_ = code;
    const auto point = amount.find('.');
    const auto decimals = point == std::string::npos ? 0 : amount.size() - point - 1;
    const bool is_whole = decimals == 0 && point == std::string::npos && minor_digits(code) == 0;
    const auto read = parse_money(amount, code);
    if (code != currency_ || (decimals != 2 && !is_whole) || !read || read->minor < 0) {
      throw Refused{otherwise};
    }
    return read->minor;
  }

  std::string currency_;
};

}  // namespace

CheckedRequest read_checkout_request(std::string_view body) {
  const auto json = json::parse(body, nullptr, false);
  if (!json.is_object()) return {.error = bad_request};
  try {
    return {.cart = Reader().read(json)};
  } catch (const Refused& refused) {
    return {.error = refused.name};
  }
}

}  // namespace gatehouse::simulator
