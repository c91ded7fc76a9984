#include "sync/amazon/charge_limit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/amazon/partial_approval.hpp"

namespace gatehouse::sync {
namespace {

constexpr milliseconds first_pause{30'000};

// Without the price: its digits may be a card number's, and `trip show` has them.
std::string over_limit(const Money& stated, const ChargeLimit& limit) {
  if (limit.most.empty()) return "";
  const auto most = parse_money(limit.most, stated.currency);
  if (!most) {
    return fmt::format("jwo.charge_max ({}) cannot be compared with a price in {}", limit.most,
                       stated.currency);
  }
  if (stated.minor <= most->minor) return "";
  return fmt::format("the price is more than jwo.charge_max ({} {})", limit.most, most->currency);
}

std::string over_limits(const Money& stated, const ChargeLimit& limit) {
  if (!limit.currency.empty() && stated.currency != limit.currency) {
    return fmt::format("the price is in {}, and store.currency is {}", stated.currency,
                       limit.currency);
  }
  if (minor_digits(stated.currency) > amazon_decimals) {
    return fmt::format("{} has {} decimals, and Amazon has published only amounts with two",
                       stated.currency, minor_digits(stated.currency));
  }
  return over_limit(stated, limit);
}

std::string objection_to_amount(const store::Settlement& settlement, const Money& stated,
                                const ChargeLimit& limit) {
  if (settlement.confirmed && settlement.confirmed == settlement.amount) return "";
  const std::string wrong = over_limits(stated, limit);
  if (wrong.empty()) return "";
  return fmt::format(
      "{}. If it is right, `gatehouse trip release ID --confirm` lets exactly this price pass (or "
      "the decision charge with \"confirm\": true); otherwise `gatehouse trip cancel ID` charges "
      "nothing",
      wrong);
}

std::string objection_to_adjust(const store::Settlement& settlement) {
  if (settlement.charge_unclear) {
    return "an earlier capture may have charged, and after that nothing is adjusted: find out "
           "whether the shopper was charged, then release it with --captured or --not-captured";
  }
  if (adjusts_that_count(settlement) >= adjusts_max) {
    return fmt::format(
        "adjust: no decision after {} calls. Ask Amazon; `gatehouse trip release "
        "ID` asks for the price as often again",
        adjusts_max);
  }
  return "";
}

std::string objection_to_capture(const store::Settlement& settlement) {
  if (is_approved(settlement)) return "";
  return "a capture would state more than Amazon approved last: `gatehouse trip release ID` asks "
         "for the approval again";
}

std::string objection_to_cancel(const store::Settlement& settlement) {
  const bool decided = settlement.held_from || settlement.cancels_left > 0;
  if (!settlement.full_cart_followed || decided) return "";
  return "an empty cart came first, and one with items after it: `gatehouse trip charge ID AMOUNT "
         "CODE` and `trip release ID` charge it, `trip cancel ID` charges nothing";
}

}  // namespace

std::string objection_to(const store::Settlement& settlement, Call call, const ChargeLimit& limit) {
  const bool adjusts = call == Call::adjust;
  const bool captures = call == Call::capture;
  if ((adjusts || captures) && settlement.cancels_left > 0) {
    return "a cancellation may have left for this trip, and after that nothing is charged: "
           "`gatehouse trip cancel ID` completes it";
  }
  std::string objection;
  if (adjusts) objection = objection_to_adjust(settlement);
  if (captures) objection = objection_to_capture(settlement);
  if (call == Call::cancel) objection = objection_to_cancel(settlement);
  const bool charges = adjusts || captures || call == Call::checkout;
  if (!objection.empty() || !charges || !settlement.amount) return objection;
  const Money stated = captures ? to_capture(settlement) : *settlement.amount;
  return objection_to_amount(settlement, stated, limit);
}

int adjusts_that_count(const store::Settlement& settlement) {
  return settlement.adjusts_sent - settlement.adjusts_not_counted;
}

milliseconds next_adjust(int adjusts) {
  return first_pause * (1 << (std::clamp(adjusts, 1, adjusts_max) - 1));
}

std::optional<int> adjusts_not_counted_after(const store::Settlement& settlement, Event event) {
  const bool has_the_retry_policy =
      event == Event::not_done || event == Event::unclear || event == Event::unknown_trip;
  if (settlement.state != store::SettlementState::adjust_sent || !has_the_retry_policy) {
    return std::nullopt;
  }
  return settlement.adjusts_not_counted + 1;
}

}  // namespace gatehouse::sync
