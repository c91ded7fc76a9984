#include "daemon/gate/request/call_ids.hpp"

#include <algorithm>

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/masked_digits.hpp"
#include "store/values/printable.hpp"
#include "store/values/uuid.hpp"

namespace gatehouse::gate {
namespace {

std::string_view text_in(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  return object.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

/// shopperInteraction.shoppingTripId, where GetShopperAuthorization has it.
std::string_view interaction_trip(const simdjson::dom::object& object) {
  simdjson::dom::object interaction;
  if (object.at_key("shopperInteraction").get(interaction) != simdjson::SUCCESS) return {};
  return text_in(interaction, "shoppingTripId");
}

}  // namespace

void ShortText::assign(std::string_view text) {
  const auto kept = text.substr(0, kept_max);
  std::ranges::copy(kept, bytes_.begin());
  size_ = static_cast<std::uint8_t>(kept.size());
}

std::string ShortText::shown() const {
  if (size_ == 0) return "-";
  return printable(with_masked_card_numbers({bytes_.data(), size_}), shown_max);
}

CallIds call_ids(const DocumentParser& parser) {
  CallIds ids;
  const auto& object = parser.last();
  if (!object) return ids;
  if (const auto id = text_in(*object, "requestId"); is_uuid(id)) ids.request_id.assign(id);
  const auto trip = text_in(*object, "idempotentShoppingTripId");
  ids.trip_id.assign(trip.empty() ? interaction_trip(*object) : trip);
  return ids;
}

}  // namespace gatehouse::gate
