#include "store/ledger/records/settlement.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

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
    case SettlementState::not_granted:
      return "not_granted";
    case SettlementState::settled_elsewhere:
      return "settled_elsewhere";
    case SettlementState::written_off:
      return "written_off";
  }
  return "unknown";
}

bool is_final(SettlementState state) {
  return state == SettlementState::captured || state == SettlementState::cancelled ||
         state == SettlementState::declined || state == SettlementState::expired ||
         state == SettlementState::checked_out || state == SettlementState::settled_elsewhere ||
         state == SettlementState::written_off;
}

}  // namespace gatehouse::store
