#pragma once

#include <optional>
#include <string_view>

#include "store/time.hpp"

#include "store/ledger_records.hpp"

namespace gatehouse::sync {

/// A call to Amazon's payment service (services.md 2) or checkout service (3).
enum class Call { adjust, capture, cancel, transactional_data, checkout, shopper_identity };

/// What can happen to the charge of a trip.
enum class Event {
  priced,            ///< the total came (written by store::Ledger::price)
  priced_zero,       ///< the total is nothing: there is nothing to charge
  priced_cart,       ///< the priced cart for the checkout service came
  started,           ///< the call that is due is about to leave: its intent goes to disk first
  expired,           ///< the time has passed, by our clock (deadline()) or in Amazon's words
  expired_in_doubt,  ///< the same where an earlier call may have charged after all
  restarted,         ///< after a start of the process (store::Ledger::recover_settlements)
  approved,          ///< adjust: APPROVED
  approved_at_stop,  ///< the same while the process stops: no further call may be started
  approved_partly,   ///< adjust: APPROVED for less than was asked, or in another currency
  declined,          ///< adjust: DECLINED
  pending,           ///< adjust: PENDING
  accepted,          ///< capture, cancel: the empty 200; checkout: an orderId
  details,           ///< transactional data came, and does not say that the capture happened
  reconciled,        ///< transactional data came with a reconciliationId that counts as captured
  not_done,          ///< it surely had no effect: not connected, 401, 403, 404, 429
  unclear,           ///< it may have had its effect: time-out, broken line, 5xx, a strange answer
  unknown_trip,      ///< 400 UnknownShoppingTrip, and it is too early to give up
  refused,           ///< any other 4xx, or no address for the call: as it is it can never succeed
  undecided,         ///< transactional data came, and may not be taken as proof either way
};

/// When the next call may be made, and what becomes of the count of failed attempts.
enum class Pace {
  at_once,  ///< progress: due now, the count starts at 0
  again,    ///< due now, the count goes on
  later,    ///< one more failure: due after the delay of the retry policy
  rest,     ///< nothing is due: final, or a person's turn, or the event means nothing here
};

struct Step {
  store::SettlementState to = store::SettlementState::held;
  Pace pace = Pace::rest;
  bool operator==(const Step&) const = default;
};

/// The state machine, whole: which state follows which, for every pair. A pair that cannot happen
/// stays where it is and rests; nothing leaves a final state.
///
/// Why it can neither lose a charge nor make it twice: a capture leaves only from capture_sent,
/// which is on disk before; it is repeated only when it surely had no effect (not_done,
/// unknown_trip), or when transactional data, asked after a grace, does not show it (services.md
/// 9.2, an inference: whether Amazon knows a repeated capture is not published). Who does not share
/// that inference (jwo.reconciliation_means_captured = false, or jwo.unknown_capture = "hold") gets
/// no repetition: such a trip is held. Adjust states an absolute total, cancel repeats itself and a
/// checkout carries the trip as its idempotency key, so these are simply made again (9.1, 7).
/// What a person may do to a charge is in operator_act.hpp.
[[nodiscard]] Step next(store::SettlementState state, Event event);

/// The call that is made in this state, if any.
[[nodiscard]] std::optional<Call> call_in(store::SettlementState state);
/// True where the intent must be on disk before the call (Event::started): what changes something
/// at Amazon. Asking for transactional data changes nothing.
[[nodiscard]] bool needs_intent(store::SettlementState state);
/// "CAPTURED", "CANCELLED", "DECLINED", "EXPIRED" or "CHECKED_OUT" where reaching this state owes
/// the cloud a payment record; '' elsewhere.
[[nodiscard]] std::string_view payment_status(store::SettlementState state);

/// How long after its start a trip can be charged: then its payment token expires (services.md 6,
/// "typically 46 hours, varies by processor").
inline constexpr std::chrono::hours charge_window_typical{46};

/// Until when this state may be left for the next one. Waiting for a price, adjust, capture, cancel
/// and checkout: `charge_window` after the trip began. Transactional data of what was captured: a
/// day longer, then the payment record goes without. A capture of unknown outcome is asked about
/// without end.
[[nodiscard]] std::optional<WallTime> deadline(const store::Settlement& settlement,
                                               milliseconds charge_window);

/// For messages and the tests.
[[nodiscard]] std::string_view to_text(Event event);
[[nodiscard]] std::string_view to_text(Call call);

}  // namespace gatehouse::sync
