#include "tests/simulator/pricing.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

namespace gatehouse::simulator {
namespace {

constexpr std::int64_t thousand = 1000;

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

std::int64_t item_price_minor(const nlohmann::json& item) {
  if (!item.is_object()) return 0;
  const auto quantity = item.find("quantity");
  const bool has_quantity = quantity != item.end() && quantity->is_object();
  return line_price_minor(text_or_empty(item, "id"),
                          has_quantity ? text_or_empty(*quantity, "value") : "1");
}

}  // namespace

std::int64_t unit_price_minor(std::string_view item_id) {
  std::uint64_t hash =
      0xCBF29CE484222325U;  // FNV-1a: the same price in every build, unlike std::hash
  for (const char c : item_id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
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
  for (const auto& item : *items) priced.total_minor += item_price_minor(item);
  return priced;
}

}  // namespace gatehouse::simulator
