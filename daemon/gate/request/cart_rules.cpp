#include "daemon/gate/request/cart_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/result.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::size_t name_max = 64;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_max && std::ranges::all_of(text, is_of_name);
}

std::expected<PayloadType, std::string> parse_one(const std::string& text) {
  const auto equals = text.find('=');
  PayloadType type{.name = text.substr(0, equals)};
  const std::string entry = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (!is_name(type.name) || (entry != "card" && entry != "app")) {
    return std::unexpected(fmt::format(
        "each item is a name of at most {} letters, digits, _ and -, then =card (charged "
        "through Amazon) or =app (charged by the retailer), such as \"PALM=card\"",
        name_max));
  }
  if (entry == "card") type.entry = store::Entry::card;
  return type;
}

}  // namespace

std::optional<store::Entry> CartRules::entry_of(std::string_view payload_type) const {
  if (payload_type == "FINANCIAL") return store::Entry::card;
  if (payload_type == "SCAN_CODE") return store::Entry::app;
  const auto added = std::ranges::find(payload_types, payload_type, &PayloadType::name);
  if (added == payload_types.end()) return std::nullopt;
  return added->entry;
}

bool CartRules::knows_identifier(std::string_view type) const {
  return identifier_types.empty() ||
         std::ranges::find(identifier_types, type) != identifier_types.end();
}

std::expected<std::vector<PayloadType>, std::string> parse_payload_types(
    const std::vector<std::string>& texts) {
  CartRules rules;
  for (const std::string& text : texts) {
    auto type = parse_one(text);
    if (!type) return propagate(std::move(type));
    const auto known = rules.entry_of(type->name);
    if (known && *known != type->entry) {
      return std::unexpected(fmt::format("{} has another meaning already: it is {}", type->name,
                                         *known == store::Entry::card ? "card" : "app"));
    }
    if (!known) rules.payload_types.push_back(*std::move(type));
  }
  return rules.payload_types;
}

}  // namespace gatehouse::gate
