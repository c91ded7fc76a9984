#include "sync/amazon/operator_action.hpp"

#include <fmt/format.h>

#include "sync/amazon/doubt.hpp"
#include "sync/amazon/partial_approval.hpp"

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;
using Answer = std::expected<OperatorStep, std::string>;

enum class Stage {
  waiting,   ///< no call is under way and nothing was charged
  in_doubt,  ///< a capture has no clear answer
  calling,
  charged,
  held,
  expired,
  not_granted,
  final,
};

Stage stage_of(State state) {
  switch (state) {
    case State::awaiting_price:
    case State::adjust_due:
    case State::capture_due:
    case State::cancel_due:
    case State::checkout_due:
      return Stage::waiting;
    case State::capture_unknown:
      return Stage::in_doubt;
    case State::adjust_sent:
    case State::capture_sent:
    case State::cancel_sent:
    case State::checkout_sent:
      return Stage::calling;
    case State::details_due:
      return Stage::charged;
    case State::held:
      return Stage::held;
    case State::expired:
      return Stage::expired;
    case State::not_granted:
      return Stage::not_granted;
    case State::captured:
    case State::cancelled:
    case State::declined:
    case State::checked_out:
    case State::settled_elsewhere:
    case State::written_off:
      return Stage::final;
  }
  return Stage::final;
}

bool is_checkout(const store::Settlement& settlement) {
  return settlement.has_checkout_cart;
}

State first_call(const store::Settlement& settlement) {
  if (is_checkout(settlement)) return State::checkout_due;
  // An empty cart, unless a person has priced the one that followed.
  const bool empty = settlement.purchase_id.empty();
  if (!settlement.amount) return empty ? State::cancel_due : State::awaiting_price;
  if (captures_that_count(settlement) > 0) return State::capture_due;  // never adjusted after it
  return settlement.amount->minor == 0 ? State::cancel_due : State::adjust_due;
}

/// Where a held or expired charge goes on that is not in doubt. What has expired is adjusted anew
/// before it is captured, for what was authorised may be gone; so is what was approved for less.
/// Unless a capture may have left.
State where_it_was(const store::Settlement& settlement) {
  switch (settlement.held_from.value_or(State::awaiting_price)) {
    case State::capture_due:
    case State::capture_sent: {
      const bool asks_again = !is_approved(settlement) && captures_that_count(settlement) < 1;
      const bool anew = settlement.state == State::expired || asks_again;
      return anew ? first_call(settlement) : State::capture_due;
    }
    case State::cancel_due: {
      const bool priced = settlement.purchase_id.empty() && settlement.cancels_left == 0;
      return priced ? first_call(settlement) : State::cancel_due;
    }
    case State::cancel_sent:
      return State::cancel_due;
    default:
      return first_call(settlement);
  }
}

/// Another box may charge it, or have charged it: nothing is done about it here, but by the word of
/// a person who knows. That it was charged says that another box did it; of a withheld one, that
/// this box did, in the history that it lost. A release alone says nothing of who charges it.
Answer not_granted(const store::Settlement& settlement, OperatorAction act) {
  switch (act) {
    case OperatorAction::release_captured:
      if (!settlement.withheld || !settlement.amount || settlement.amount->minor == 0) {
        return OperatorStep{State::settled_elsewhere, true};
      }
      return OperatorStep{is_checkout(settlement) ? State::checked_out : State::details_due, true};
    case OperatorAction::write_off:
      return OperatorStep{State::written_off};
    case OperatorAction::release_not_captured:
      if (!settlement.amount || settlement.amount->minor == 0) break;
      return OperatorStep{first_call(settlement), true};
    case OperatorAction::release:
    case OperatorAction::release_confirmed:
    case OperatorAction::hold:
    case OperatorAction::cancel:
    case OperatorAction::capture_authorised:
      break;
  }
  if (settlement.withheld) {
    return std::unexpected(
        "its price does not let this box charge it, and the ledger cannot vouch for it: check in "
        "the payment processor's reports whether the shopper was charged, and release it with "
        "--captured or --not-captured");
  }
  return std::unexpected(
      "its price does not let this box charge it, so no call is made for it here; if nobody else "
      "charges it, release it with --not-captured, or price it: `gatehouse trip charge ID AMOUNT "
      "CODE`");
}

Answer hold(const store::Settlement& settlement) {
  const Stage stage = stage_of(settlement.state);
  if (stage == Stage::waiting || stage == Stage::in_doubt) return OperatorStep{State::held};
  if (stage == Stage::charged) return std::unexpected("the shopper was charged already");
  if (stage == Stage::expired) return std::unexpected("it is expired: no call is made for it");
  return std::unexpected("it is held already: see its reason with `gatehouse trip show`");
}

/// Where a charge in doubt goes on once a person has said that nobody made it.
State not_captured(const store::Settlement& settlement) {
  if (settlement.state == State::expired) return first_call(settlement);
  if (is_checkout(settlement)) return State::checkout_due;
  // In doubt for what a look showed, before a capture of ours: it may not be adjusted yet.
  const bool before =
      settlement.held_from == State::adjust_due || settlement.held_from == State::capture_due;
  const bool never_sent = before && captures_that_count(settlement) == 0;
  return settlement.state == State::held && never_sent ? where_it_was(settlement)
                                                       : State::capture_due;
}

Answer release(const store::Settlement& settlement, OperatorAction act) {
  const Stage stage = stage_of(settlement.state);
  // What a person knows of a capture in doubt, or of a lost history, counts before it is held, too.
  const bool unvouched = settlement.withheld && stage == Stage::waiting;
  const bool says = act != OperatorAction::release && (stage == Stage::in_doubt || unvouched);
  if (unvouched && !says) {
    return std::unexpected(
        "the ledger cannot vouch for it: check in the payment processor's reports whether the "
        "shopper was charged, and release it with --captured or --not-captured");
  }
  if (stage != Stage::held && stage != Stage::expired && !says) {
    return std::unexpected(fmt::format("it is {}, and only what is held or expired can be released",
                                       store::to_text(settlement.state)));
  }
  const bool checkout = is_checkout(settlement);
  if (settlement.full_cart_followed && !settlement.amount && settlement.cancels_left == 0) {
    return std::unexpected(
        "a cart with items followed an empty one: set its price with `gatehouse trip charge ID "
        "AMOUNT CODE` first, or charge nothing with `gatehouse trip cancel ID`");
  }
  if (!settlement.charge_unclear) {
    if (act == OperatorAction::release) return OperatorStep{where_it_was(settlement)};
    // The history that the ledger lacks may have charged it, and a person may know whether it did.
    if (settlement.withheld && act == OperatorAction::release_not_captured) {
      return OperatorStep{unvouched ? settlement.state : where_it_was(settlement), true};
    }
    if (settlement.withheld && settlement.amount) {
      return OperatorStep{checkout ? State::checked_out : State::details_due, true};
    }
    if (settlement.withheld) {
      return std::unexpected(
          "first set the amount that was charged: `gatehouse trip charge ID AMOUNT CODE`");
    }
    return std::unexpected(
        "no charge of this trip is in doubt: release it without --captured or --not-captured");
  }
  if (act == OperatorAction::release_captured) {
    return OperatorStep{checkout ? State::checked_out : State::details_due, true};
  }
  if (act == OperatorAction::release_not_captured) {
    return OperatorStep{not_captured(settlement), true};
  }
  if (checkout) return OperatorStep{State::checkout_due};
  return std::unexpected(
      "this trip may have been charged: check in the payment processor's reports whether the "
      "shopper was charged, and release it with --captured or --not-captured");
}

Answer release_confirmed(const store::Settlement& settlement) {
  if (!settlement.amount) {
    return std::unexpected(
        "it has no price that could be confirmed: `gatehouse trip charge ID AMOUNT CODE` sets it");
  }
  auto step = release(settlement, OperatorAction::release);
  if (step) step->confirmed = settlement.amount;
  return step;
}

Answer capture_authorised(const store::Settlement& settlement) {
  const bool approved_partly =
      settlement.state == State::held && settlement.held_from == State::adjust_sent;
  const auto part = approved_part(settlement);
  if (!approved_partly || !part || settlement.charge_unclear || settlement.withheld) {
    return std::unexpected(
        "this captures only a charge that is held because Amazon approved a part of its price: see "
        "its reason with `gatehouse trip show`");
  }
  return OperatorStep{.to = State::capture_due, .part = part};
}

Answer cancel(const store::Settlement& settlement) {
  if (is_checkout(settlement)) {
    return std::unexpected("Amazon's checkout service has no cancellation");
  }
  const Stage stage = stage_of(settlement.state);
  if (settlement.state == State::cancel_due)
    return std::unexpected("it is being cancelled already");
  if (stage == Stage::expired) {
    return std::unexpected("it is expired: the pre-authorisation has lapsed at Amazon");
  }
  if (stage == Stage::charged) {
    return std::unexpected("the shopper was charged already: use a refund");
  }
  if (stage == Stage::in_doubt || settlement.charge_unclear) {
    return std::unexpected(
        "this trip may have been charged, and a cancellation after a capture is not safe: hold it, "
        "find out whether the shopper was charged, and release it with the answer");
  }
  return OperatorStep{State::cancel_due};
}

Answer write_off(const store::Settlement& settlement) {
  if (stage_of(settlement.state) == Stage::charged) {
    return std::unexpected("the shopper was charged already: use a refund");
  }
  if (settlement.state == State::cancel_due) {
    return std::unexpected("it is being cancelled already");
  }
  return OperatorStep{State::written_off};
}

/// It ended unpaid, and the processor's reports show a charge all the same.
bool is_late_news(const store::Settlement& settlement, OperatorAction act) {
  const State state = settlement.state;
  const bool unpaid = state == State::cancelled || state == State::declined ||
                      state == State::expired || state == State::written_off;
  return unpaid && act == OperatorAction::release_captured && settlement.amount &&
         settlement.amount->minor > 0;
}

}  // namespace

std::optional<int> adjusts_anew(const store::Settlement& settlement, State to) {
  const bool stood = settlement.state == State::held || settlement.state == State::expired;
  return stood && to == State::adjust_due ? std::optional(settlement.adjusts_sent) : std::nullopt;
}

bool is_calling(State state) {
  return stage_of(state) == Stage::calling;
}

Answer decide(const store::Settlement& settlement, OperatorAction act) {
  if (is_late_news(settlement, act)) {
    return OperatorStep{is_checkout(settlement) ? State::checked_out : State::details_due, true};
  }
  switch (stage_of(settlement.state)) {
    case Stage::calling:
      return std::unexpected("a call to Amazon is under way for it: try again in a few seconds");
    case Stage::final:
      return std::unexpected(
          fmt::format("it is {}, and that is final", store::to_text(settlement.state)));
    case Stage::not_granted:
      return not_granted(settlement, act);
    default:
      break;
  }
  switch (act) {
    case OperatorAction::hold:
      return hold(settlement);
    case OperatorAction::cancel:
      return cancel(settlement);
    case OperatorAction::release_confirmed:
      return release_confirmed(settlement);
    case OperatorAction::capture_authorised:
      return capture_authorised(settlement);
    case OperatorAction::write_off:
      return write_off(settlement);
    case OperatorAction::release:
    case OperatorAction::release_captured:
    case OperatorAction::release_not_captured:
      break;
  }
  return release(settlement, act);
}

}  // namespace gatehouse::sync
