#include "tests/simulator/pricing.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/simulator/digest.hpp"

namespace gatehouse::simulator {
namespace {

constexpr std::int64_t thousand = 1000;
constexpr std::int64_t pieces_max = 100;  // more of one kind stay one line

std::optional<std::int64_t> parse_digits(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  if (text.empty() || text.size() > 7 || text[0] == '-') return std::nullopt;
  if (std::from_chars(text.data(), end, value).ptr != end) return std::nullopt;
  return value;
}

/// In thousandths, so that weights stay integers.
std::int64_t quantity_thousandths(std::string_view quantity) {
  const auto point = quantity.find('.');
  const auto whole = parse_digits(quantity.substr(0, point));
  if (!whole) return thousand;
  if (point == std::string_view::npos) return *whole * thousand;
  std::string decimals(quantity.substr(point + 1));
  decimals.resize(3, '0');
  const auto fraction = parse_digits(decimals);
  return fraction ? *whole * thousand + *fraction : thousand;
}

std::string text_or_empty(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool is_card_entry(const nlohmann::json& cart) {
  const auto trip = cart.find("shoppingTrip");
  if (trip == cart.end() || !trip->is_object()) return false;
  const auto events = trip->find("authEvents");
  if (events == trip->end() || !events->is_array()) return false;
  for (const auto& event : *events) {
    if (event.is_object() && text_or_empty(event, "payloadType") == "FINANCIAL") return true;
  }
  return false;
}

void add_item(PricedCart& priced, const nlohmann::json& item) {
  if (!item.is_object()) return;
  const auto quantity = item.find("quantity");
  const bool has_quantity = quantity != item.end() && quantity->is_object();
  const auto value = has_quantity ? text_or_empty(*quantity, "value") : "1";
  const auto id = text_or_empty(item, "id");
  const auto minor = line_price_minor(id, value);
  priced.total_minor += minor;
  const auto pieces = quantity_thousandths(value) / thousand;
  const bool is_counted =
      pieces > 0 && pieces <= pieces_max && quantity_thousandths(value) % thousand == 0;
  if (!is_counted) return priced.lines.push_back({id, minor});
  for (std::int64_t i = 0; i < pieces; ++i) priced.lines.push_back({id, minor / pieces});
}

}  // namespace

std::int64_t unit_price_minor(std::string_view item_id) {
  const auto hash = fnv1a(item_id);
  return 99 + static_cast<std::int64_t>(hash % 400);
}

std::int64_t line_price_minor(std::string_view item_id, std::string_view quantity) {
  return (unit_price_minor(item_id) * quantity_thousandths(quantity) + thousand / 2) / thousand;
}

std::optional<PricedCart> price_cart(std::string_view cart) {
  const auto json = nlohmann::json::parse(cart, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto items = json.find("cartItems");
  if (items == json.end() || !items->is_array()) return std::nullopt;
  PricedCart priced{.empty = items->empty(), .card_entry = is_card_entry(json)};
  for (const auto& item : *items) add_item(priced, item);
  return priced;
}

}  // namespace gatehouse::simulator
