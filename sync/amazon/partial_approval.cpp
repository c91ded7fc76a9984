#include "sync/amazon/partial_approval.hpp"

#include <fmt/format.h>

namespace gatehouse::sync {

Money to_capture(const store::Settlement& settlement) {
  if (settlement.part) return *settlement.part;
  return settlement.amount.value_or(Money{});
}

bool is_approved(const store::Settlement& settlement) {
  const Money stated = to_capture(settlement);
  return settlement.approved && settlement.approved->currency == stated.currency &&
         settlement.approved->minor >= stated.minor;
}

std::optional<Money> approved_part(const store::Settlement& settlement) {
  const auto& [approved, price] = std::tie(settlement.approved, settlement.amount);
  if (!approved || !price || approved->currency != price->currency) return std::nullopt;
  if (approved->minor <= 0 || approved->minor >= price->minor) return std::nullopt;
  return approved;
}

std::string reason_of_partial_approval(const std::optional<Money>& part, bool captured) {
  if (!part) {
    return "adjust was approved, but not for a part of the price that can be captured: settle it "
           "otherwise, or `gatehouse trip release ID` asks for the whole price again; the retailer "
           "decides";
  }
  const auto amount = fmt::format("{} {}", format_amount(*part), part->currency);
  if (captured) {
    return fmt::format(
        "approved for {}, less than the price: that is captured "
        "(jwo.partial_approval), the rest is owed",
        amount);
  }
  return fmt::format(
      "adjust was approved for {}, less than the price: `gatehouse trip "
      "capture-authorised ID` captures that and leaves the rest as debt, "
      "`gatehouse trip release ID` asks for the whole price again; the retailer "
      "decides",
      amount);
}

}  // namespace gatehouse::sync
