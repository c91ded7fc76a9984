#include "sync/amazon/settlement.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;

struct Row {
  State from;
  Event event;
  State to;
  Pace pace;
};

constexpr std::array table = std::to_array<Row>({
    {State::awaiting_price, Event::priced, State::adjust_due, Pace::at_once},
    {State::awaiting_price, Event::priced_zero, State::cancel_due, Pace::at_once},
    {State::awaiting_price, Event::objected, State::held, Pace::none},
    {State::awaiting_price, Event::priced_cart, State::checkout_due, Pace::at_once},

    {State::adjust_due, Event::started, State::adjust_sent, Pace::again},
    {State::adjust_due, Event::objected, State::held, Pace::none},
    {State::adjust_sent, Event::objected, State::held, Pace::none},
    {State::adjust_sent, Event::approved, State::capture_due, Pace::at_once},
    {State::adjust_sent, Event::approved_partly, State::held, Pace::none},
    {State::adjust_sent, Event::declined, State::declined, Pace::none},
    {State::adjust_sent, Event::pending, State::adjust_due, Pace::later},
    {State::adjust_sent, Event::not_done, State::adjust_due, Pace::later},
    {State::adjust_sent, Event::unclear, State::adjust_due, Pace::later},
    {State::adjust_sent, Event::unknown_trip, State::adjust_due, Pace::later},
    {State::adjust_sent, Event::refused, State::held, Pace::none},
    {State::adjust_sent, Event::expired, State::expired, Pace::none},
    {State::adjust_sent, Event::restarted, State::adjust_due, Pace::again},

    {State::capture_due, Event::started, State::capture_sent, Pace::again},
    {State::capture_due, Event::objected, State::held, Pace::look},
    {State::capture_due, Event::doubtful, State::capture_unknown, Pace::look},
    {State::capture_due, Event::reconciled, State::captured, Pace::none},
    {State::capture_due, Event::undecided, State::held, Pace::look},
    {State::capture_sent, Event::accepted, State::details_due, Pace::at_once},
    {State::capture_sent, Event::not_done, State::capture_due, Pace::later},
    {State::capture_sent, Event::unclear, State::capture_unknown, Pace::look},
    {State::capture_sent, Event::unknown_trip, State::capture_due, Pace::later},
    {State::capture_sent, Event::refused, State::held, Pace::none},
    {State::capture_sent, Event::expired, State::expired, Pace::none},
    {State::capture_sent, Event::restarted, State::capture_unknown, Pace::look},

    {State::capture_unknown, Event::reconciled, State::captured, Pace::none},
    {State::capture_unknown, Event::absent, State::capture_unknown, Pace::look},
    {State::capture_unknown, Event::missing, State::capture_due, Pace::again},
    {State::capture_unknown, Event::undecided, State::held, Pace::look},
    {State::capture_unknown, Event::not_done, State::capture_unknown, Pace::later},
    {State::capture_unknown, Event::unclear, State::capture_unknown, Pace::later},
    {State::capture_unknown, Event::unknown_trip, State::capture_unknown, Pace::later},
    {State::capture_unknown, Event::refused, State::held, Pace::look},
    {State::capture_unknown, Event::expired, State::held, Pace::look},

    // Held and in doubt: a person's turn, and Amazon is asked on beside it. Held for another reason
    // it is not asked, and none of these happens.
    {State::held, Event::reconciled, State::captured, Pace::none},
    {State::held, Event::absent, State::held, Pace::look},
    {State::held, Event::undecided, State::held, Pace::look},
    {State::held, Event::not_done, State::held, Pace::later},
    {State::held, Event::unclear, State::held, Pace::later},
    {State::held, Event::unknown_trip, State::held, Pace::look},
    {State::held, Event::refused, State::held, Pace::look},
    {State::held, Event::expired, State::held, Pace::look},

    {State::cancel_due, Event::started, State::cancel_sent, Pace::again},
    {State::cancel_due, Event::objected, State::held, Pace::none},
    {State::cancel_sent, Event::accepted, State::cancelled, Pace::none},
    {State::cancel_sent, Event::not_done, State::cancel_due, Pace::later},
    {State::cancel_sent, Event::unclear, State::cancel_due, Pace::later},
    {State::cancel_sent, Event::unknown_trip, State::cancel_due, Pace::later},
    {State::cancel_sent, Event::refused, State::held, Pace::none},
    {State::cancel_sent, Event::expired, State::expired, Pace::none},
    {State::cancel_sent, Event::restarted, State::cancel_due, Pace::again},

    {State::checkout_due, Event::started, State::checkout_sent, Pace::again},
    {State::checkout_due, Event::objected, State::held, Pace::none},
    {State::checkout_due, Event::refused, State::held, Pace::none},
    {State::checkout_sent, Event::accepted, State::checked_out, Pace::none},
    {State::checkout_sent, Event::not_done, State::checkout_due, Pace::later},
    {State::checkout_sent, Event::unclear, State::checkout_due, Pace::later},
    {State::checkout_sent, Event::unknown_trip, State::checkout_due, Pace::later},
    {State::checkout_sent, Event::refused, State::held, Pace::none},
    {State::checkout_sent, Event::expired, State::expired, Pace::none},
    {State::checkout_sent, Event::expired_in_doubt, State::held, Pace::none},
    {State::checkout_sent, Event::restarted, State::checkout_due, Pace::again},

    // The money is taken: from here on the cloud will hear of it, with the details or without.
    {State::details_due, Event::details, State::captured, Pace::none},
    {State::details_due, Event::reconciled, State::captured, Pace::none},
    {State::details_due, Event::not_done, State::details_due, Pace::later},
    {State::details_due, Event::unclear, State::details_due, Pace::later},
    {State::details_due, Event::unknown_trip, State::details_due, Pace::later},
    {State::details_due, Event::refused, State::captured, Pace::none},
    {State::details_due, Event::expired, State::captured, Pace::none},
    {State::details_due, Event::waited_enough, State::captured, Pace::none},
});

constexpr std::chrono::hours details_window_longer{24};

}  // namespace

Step next(State state, Event event) {
  const auto* row = std::ranges::find_if(
      table, [&](const Row& each) { return each.from == state && each.event == event; });
  if (row == table.end()) return {state, Pace::none};
  return {row->to, row->pace};
}

std::optional<Call> call_in(State state) {
  switch (state) {
    case State::adjust_due:
    case State::adjust_sent:
      return Call::adjust;
    case State::capture_due:
    case State::capture_sent:
      return Call::capture;
    case State::cancel_due:
    case State::cancel_sent:
      return Call::cancel;
    case State::capture_unknown:
    case State::details_due:
      return Call::transactional_data;
    case State::checkout_due:
    case State::checkout_sent:
      return Call::checkout;
    case State::awaiting_price:
    case State::expired:
    case State::checked_out:
    case State::captured:
    case State::cancelled:
    case State::declined:
    case State::held:
    case State::not_granted:
    case State::settled_elsewhere:
    case State::written_off:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Call> call_of(const store::Settlement& settlement) {
  if (settlement.state != State::held) return call_in(settlement.state);
  if (!settlement.charge_unclear || settlement.has_checkout_cart) return std::nullopt;
  return Call::transactional_data;
}

bool needs_intent(State state) {
  return state == State::adjust_due || state == State::capture_due || state == State::cancel_due ||
         state == State::checkout_due;
}

std::string_view payment_status(State state) {
  switch (state) {
    case State::captured:
      return "CAPTURED";
    case State::cancelled:
      return "CANCELLED";
    case State::declined:
      return "DECLINED";
    case State::expired:
      return "EXPIRED";
    case State::checked_out:
      return "CHECKED_OUT";
    case State::settled_elsewhere:
      return "SETTLED_ELSEWHERE";
    case State::written_off:
      return "WRITTEN_OFF";
    default:
      return "";
  }
}

bool waited_enough(const store::Settlement& settlement, milliseconds charge_window, WallTime now) {
  return settlement.state == State::details_due && settlement.attempts >= details_tries_min &&
         now > settlement.started_at + charge_window + details_window_longer;
}

std::string_view to_text(Call call) {
  constexpr std::array names{"adjust",   "capture",         "cancel", "transactional data",
                             "checkout", "shopper identity"};
  return names[static_cast<std::size_t>(call)];
}

std::string_view to_text(Event event) {
  constexpr std::array names{"priced",   "priced_zero",      "priced_cart",   "started",
                             "expired",  "expired_in_doubt", "waited_enough", "restarted",
                             "approved", "approved_partly",  "declined",      "pending",
                             "accepted", "details",          "reconciled",    "absent",
                             "missing",  "doubtful",         "objected",      "not_done",
                             "unclear",  "unknown_trip",     "refused",       "undecided"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace gatehouse::sync
