#include "sync/amazon/doubt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"

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

std::string shown(std::string_view reconciliation_id) {
  return reconciliation_id.empty() ? "" : hexadecimal(sha256(reconciliation_id));
}

bool proves_capture(const store::Settlement& settlement, std::string_view now) {
  const auto& before = settlement.reconciliation_before;
  return !now.empty() && captures_that_count(settlement) >= 1 && before && *before != now;
}

namespace {

/// An id that nobody has decided about, of a trip that this ledger never captured and another may
/// have.
bool may_be_anothers(const store::Settlement& settlement, const LookBefore& look) {
  return settlement.was_withheld && settlement.captures_sent == 0 && look.shown &&
         !look.shown->empty() && settlement.reconciliation_before != look.shown;
}

}  // namespace

Event after_look_before(const store::Settlement& settlement, const LookBefore& look) {
  if (!settlement.charge_unclear) {
    const bool anothers = look.decides && may_be_anothers(settlement, look);
    const bool came_since = look.decides && look.shown && !look.shown->empty() &&
                            settlement.captures_sent > 0 && settlement.reconciliation_before &&
                            *settlement.reconciliation_before != *look.shown;
    return came_since || anothers ? Event::undecided : Event::started;
  }
  if (!look.decides) return Event::undecided;
  if (!look.shown) return Event::doubtful;
  if (look.shown->empty()) return Event::started;
  return proves_capture(settlement, *look.shown) ? Event::reconciled : Event::undecided;
}

bool is_unsound(const store::Settlement& settlement, const LookBefore& look) {
  const bool only_ours = settlement.captures_sent == 0 && !settlement.was_withheld;
  return only_ours && look.shown && !look.shown->empty();
}

Event beside_earlier_captures(const store::Settlement& settlement, Event event) {
  if (settlement.state != SettlementState::capture_sent) return event;
  const bool earlier = settlement.charge_unclear || captures_that_count(settlement) > 1;
  const bool refused =
      event == Event::refused || event == Event::expired || event == Event::unknown_trip;
  return earlier && refused ? Event::unclear : event;
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

std::string reason_before_capture(const store::Settlement& settlement, Event event,
                                  const LookBefore& look) {
  if (event == Event::doubtful) {
    return "no answer to the query for transactional data before the capture is repeated: asked "
           "again first";
  }
  if (event == Event::undecided && !settlement.charge_unclear && settlement.captures_sent == 0) {
    return "transactional data carries a reconciliationId before the first capture of this box, "
           "and another ledger may have charged the trip: check in the payment processor's "
           "reports, then release it with --captured or --not-captured";
  }
  if (event != Event::started) {
    return reason_after_look(
        settlement, event,
        settlement.charge_unclear
            ? ""
            : "a reconciliationId has come since a capture that seemed to have no effect");
  }
  if (!look.decides || !is_unsound(settlement, look)) return settlement.reason;
  return "transactional data showed a reconciliationId before the first capture of this trip";
}

}  // namespace gatehouse::sync
