#include "sync/amazon/doubt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::sync {
namespace {

using store::SettlementState;

/// In minutes after the capture; then each hour.
constexpr std::array looks_after_capture{2, 10, 20, 40};
constexpr int hour = 60;
constexpr int repeat_after = 20;
constexpr int clear_looks_min = 2;

constexpr std::string_view ask_the_processor =
    "the capture had no clear answer, and it is not repeated: check in the payment processor's "
    "reports whether the shopper was charged, then release the trip with --captured or "
    "--not-captured. Gatehouse keeps asking Amazon for transactional data";

}  // namespace

bool is_in_doubt(SettlementState state) {
  return state == SettlementState::capture_unknown || state == SettlementState::held;
}

int captures_that_count(const store::Settlement& settlement) {
  return settlement.captures_sent - settlement.captures_not_done;
}

bool may_capture(const store::Settlement& settlement, bool repeats) {
  return !settlement.charge_unclear || (repeats && captures_that_count(settlement) < 2);
}

Event after_clear_look(const ClearLook& look, milliseconds minute) {
  if (!look.repeats || look.captures >= 2) return Event::undecided;
  const bool long_ago = look.since_capture >= repeat_after * minute;
  return long_ago && look.clear_looks >= clear_looks_min ? Event::missing : Event::absent;
}

milliseconds next_look(int clear_looks, milliseconds minute) {
  const auto made = static_cast<std::size_t>(std::max(clear_looks, 0));
  if (made >= looks_after_capture.size()) return hour * minute;
  const int last = made == 0 ? 0 : looks_after_capture.at(made - 1);
  return (looks_after_capture.at(made) - last) * minute;
}

std::optional<int> clear_looks_after(const store::Settlement& settlement, Event event) {
  if (!is_in_doubt(settlement.state)) {
    return is_in_doubt(next(settlement.state, event).to) ? std::optional(0) : std::nullopt;
  }
  const bool clear = event == Event::absent || event == Event::missing || event == Event::undecided;
  return clear ? std::optional(settlement.clear_looks + 1) : std::nullopt;
}

std::string reason_after_look(const store::Settlement& settlement, Event event,
                              std::string_view answer) {
  if (event == Event::reconciled) {
    const int captures = captures_that_count(settlement);
    return fmt::format("counted as captured: transactional data carries a reconciliationId{}",
                       captures < 2 ? ""
                                    : fmt::format(". {} capture calls may have charged: check the "
                                                  "payment processor's reports for a second charge",
                                                  captures));
  }
  if (settlement.state == SettlementState::held) return settlement.reason;
  if (event == Event::missing) {
    return fmt::format("captured once more: {} queries for transactional data showed no capture",
                       settlement.clear_looks + 1);
  }
  if (next(settlement.state, event).to != SettlementState::held) {
    return answer.empty() ? settlement.reason : std::string(answer);
  }
  return fmt::format("{}{}{}", answer, answer.empty() ? "" : "; ", ask_the_processor);
}

}  // namespace gatehouse::sync
