#include "store/ledger/records/refund.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

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

}  // namespace gatehouse::store
