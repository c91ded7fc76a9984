#include "store/ledger/ledger_records.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

std::string_view to_text(Entry entry) {
  switch (entry) {
    case Entry::card:
      return "card";
    case Entry::app:
      return "app";
  }
  return "unknown";
}

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
  }
  return "unknown";
}

std::string_view to_text(SettlementState state) {
  switch (state) {
    case SettlementState::awaiting_price:
      return "awaiting_price";
    case SettlementState::adjust_due:
      return "adjust_due";
    case SettlementState::adjust_sent:
      return "adjust_sent";
    case SettlementState::capture_due:
      return "capture_due";
    case SettlementState::capture_sent:
      return "capture_sent";
    case SettlementState::capture_unknown:
      return "capture_unknown";
    case SettlementState::cancel_due:
      return "cancel_due";
    case SettlementState::cancel_sent:
      return "cancel_sent";
    case SettlementState::details_due:
      return "details_due";
    case SettlementState::captured:
      return "captured";
    case SettlementState::cancelled:
      return "cancelled";
    case SettlementState::declined:
      return "declined";
    case SettlementState::held:
      return "held";
    case SettlementState::expired:
      return "expired";
    case SettlementState::checkout_due:
      return "checkout_due";
    case SettlementState::checkout_sent:
      return "checkout_sent";
    case SettlementState::checked_out:
      return "checked_out";
  }
  return "unknown";
}

std::string_view to_text(CartOutcome outcome) {
  switch (outcome) {
    case CartOutcome::recorded:
      return "recorded";
    case CartOutcome::repeated:
      return "repeated";
    case CartOutcome::differing:
      return "differing";
  }
  return "unknown";
}

std::string_view to_text(RefundReason reason) {
  switch (reason) {
    case RefundReason::damaged_item:
      return "DAMAGED_ITEM";
    case RefundReason::expired_item:
      return "EXPIRED_ITEM";
    case RefundReason::unwanted_item:
      return "UNWANTED_ITEM";
    case RefundReason::jwo_tech_error:
      return "JWO_TECH_ERROR";
    case RefundReason::other:
      return "OTHER";
  }
  return "unknown";
}

std::optional<RefundReason> refund_reason_from(std::string_view text) {
  for (auto reason :
       {RefundReason::damaged_item, RefundReason::expired_item, RefundReason::unwanted_item,
        RefundReason::jwo_tech_error, RefundReason::other}) {
    if (text == to_text(reason)) return reason;
  }
  return std::nullopt;
}

Lane lane_of(DeliveryKind kind) {
  switch (kind) {
    case DeliveryKind::cart:
    case DeliveryKind::payment_record:
    case DeliveryKind::refund_record:
      return Lane::cloud;
    case DeliveryKind::refund:
    case DeliveryKind::payment_status:
      return Lane::amazon;
  }
  return Lane::cloud;
}

std::optional<DeliveryState> delivery_state_from(std::string_view text) {
  for (auto state : {DeliveryState::pending, DeliveryState::delivered, DeliveryState::set_aside}) {
    if (text == to_text(state)) return state;
  }
  return std::nullopt;
}

bool is_final(SettlementState state) {
  return state == SettlementState::captured || state == SettlementState::cancelled ||
         state == SettlementState::declined || state == SettlementState::expired ||
         state == SettlementState::checked_out;
}

}  // namespace gatehouse::store
