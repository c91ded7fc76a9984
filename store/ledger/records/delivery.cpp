#include "store/ledger/records/delivery.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

std::string_view to_text(DeliveryKind kind) {
  switch (kind) {
    case DeliveryKind::cart:
      return "cart";
    case DeliveryKind::payment_record:
      return "payment_record";
    case DeliveryKind::refund:
      return "refund";
    case DeliveryKind::payment_status:
      return "payment_status";
    case DeliveryKind::refund_record:
      return "refund_record";
    case DeliveryKind::refused_cart:
      return "refused_cart";
    case DeliveryKind::open_question:
      return "open_question";
  }
  return "unknown";
}

std::string_view to_text(DeliveryState state) {
  switch (state) {
    case DeliveryState::pending:
      return "pending";
    case DeliveryState::delivered:
      return "delivered";
    case DeliveryState::set_aside:
      return "set_aside";
    case DeliveryState::withdrawn:
      return "withdrawn";
  }
  return "unknown";
}

std::optional<DeliveryState> delivery_state_from(std::string_view text) {
  for (auto state : {DeliveryState::pending, DeliveryState::delivered, DeliveryState::set_aside,
                     DeliveryState::withdrawn}) {
    if (text == to_text(state)) return state;
  }
  return std::nullopt;
}

Lane lane_of(DeliveryKind kind) {
  switch (kind) {
    case DeliveryKind::cart:
    case DeliveryKind::payment_record:
    case DeliveryKind::refund_record:
    case DeliveryKind::refused_cart:
    case DeliveryKind::open_question:
      return Lane::cloud;
    case DeliveryKind::refund:
      return Lane::amazon;
    case DeliveryKind::payment_status:
      return Lane::feedback;
  }
  return Lane::cloud;
}

}  // namespace gatehouse::store
