#pragma once

#include <optional>
#include <string_view>

#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"

namespace gatehouse::sync {

/// A call to Amazon's payment service (services.md 2) or checkout service (3).
enum class Call { adjust, capture, cancel, transactional_data, checkout, shopper_identity };

/// What can happen to the charge of a trip.
enum class Event {
  priced,            ///< the total came (written by store::Ledger::price)
  priced_zero,       ///< the total is nothing, and that is meant: there is nothing to charge
  priced_cart,       ///< the priced cart for the checkout service came
  started,           ///< the call that is due is about to leave: its intent goes to disk first
  expired,           ///< Amazon says that the time has passed. Our own clock never says so
  expired_in_doubt,  ///< checkout: the same where an earlier call may have charged after all
  waited_enough,     ///< details_due: the payment record goes without the details
  restarted,         ///< after a start of the process (store::Ledger::recover_settlement)
  approved,          ///< adjust: APPROVED
  approved_partly,   ///< adjust: APPROVED for less than was asked, or in another currency
  declined,          ///< adjust: DECLINED
  pending,           ///< adjust: PENDING
  accepted,          ///< capture, cancel: any 2xx without an error in it; checkout: an orderId
  details,           ///< transactional data came, and does not say that the capture happened
  reconciled,        ///< transactional data came with a reconciliationId; of a charge in doubt:
                     ///< with one that proves a capture (proves_capture())
  absent,            ///< the same as details while a capture is in doubt, and it is looked again
  missing,           ///< the same, and the one repetition is due (after_clear_look())
  doubtful,          ///< this charge may have been made: the capture that is due may not leave
  objected,          ///< what is on disk or configured speaks against the call (objection_to())
  not_done,          ///< it surely had no effect: not connected, 401, 403, 404, 429
  unclear,           ///< it may have had its effect: time-out, broken line, 5xx, a strange answer
  unknown_trip,      ///< 400 UnknownShoppingTrip, and it is too early to give up
  refused,           ///< any other 4xx, or no address for the call: as it is it can never succeed.
                     ///< Of a capture beside an earlier one that counts: unclear
  undecided,         ///< transactional data came, and may not be taken as proof either way
};

/// When the next call may be made, and what becomes of the count of failed attempts.
enum class Pace {
  at_once,  ///< progress: due as long as it was, the count starts at 0
  again,    ///< the same, and the count goes on
  later,    ///< one more failure: due after the delay of the retry policy
  look,     ///< due for the next look at transactional data (next_look()), the count starts at 0
  none,     ///< nothing is due: final, or a person's turn, or the event means nothing here
};

struct Step {
  store::SettlementState to = store::SettlementState::held;
  Pace pace = Pace::none;
  bool operator==(const Step&) const = default;
};

/// The state machine, whole: which state follows which, for every pair. A pair that cannot happen
/// stays where it is and rests; nothing leaves a final state.
///
/// Why it can neither lose a charge nor make it twice. A capture leaves only from capture_sent,
/// which is on disk before, and with it the number of capture calls (store::Settlement::
/// captures_sent). What is answered 2xx is done. What surely had no effect (not_done, unknown_trip)
/// is made again, and counted apart (captures_not_done): the calls that may have charged are
/// captures_sent - captures_not_done. Everything else, a stop of the process included, leaves the
/// charge in doubt; also a refusal where an earlier capture counts, for "it is done already" may be
/// said so. Then transactional data is asked, by next_look(), until it proves a capture or a person
/// says what happened, whether the trip is held meanwhile or not. What it shows is measured: it is
/// asked once before each capture leaves, too, and what it showed then goes to disk with the intent
/// (store::Settlement::reconciliation_before); only a reconciliationId that was not there proves
/// anything (doubt.hpp). A charge in doubt is never made again by itself: may_capture() lets a
/// capture of a charge in doubt leave only where the store's configuration says so
/// (jwo.unknown_capture = "ask_then_repeat"), once in a trip's life, and after_clear_look() not
/// before 20 min have passed and two looks were answered. That a capture can be seen in
/// transactional data is inference (services.md 9.2), and so who does not share it
/// (jwo.reconciliation_means_captured = false) gets neither a repetition nor a conclusion. A charge
/// ends by Amazon's word or a person's, never by our clock.
///
/// Nothing is adjusted once a capture may have had its effect, and nothing is captured once a
/// cancel may have left.
///
/// Adjust states an absolute total, cancel repeats itself and a checkout carries the trip as its
/// idempotency key, so these are simply made again (9.1, 7). What a person may do to a charge is in
/// operator_action.hpp. Into not_granted and settled_elsewhere the cloud's word about who charges
/// takes a trip, in the commit that writes it down (store::Ledger::record_attempt).
[[nodiscard]] Step next(store::SettlementState state, Event event);

/// The call that is made in this state, if any.
[[nodiscard]] std::optional<Call> call_in(store::SettlementState state);
/// The same, with the look at transactional data that a held charge in doubt still gets.
[[nodiscard]] std::optional<Call> call_of(const store::Settlement& settlement);
/// True where the intent must be on disk before the call (Event::started): what changes something
/// at Amazon. Asking for transactional data changes nothing.
[[nodiscard]] bool needs_intent(store::SettlementState state);
/// "CAPTURED", "CANCELLED", "DECLINED", "EXPIRED", "CHECKED_OUT", "SETTLED_ELSEWHERE" or
/// "WRITTEN_OFF" where reaching this state owes the cloud a payment record; '' elsewhere.
[[nodiscard]] std::string_view payment_status(store::SettlementState state);

/// How long after its start a trip can be charged: then its payment token expires (services.md 6,
/// "typically 46 hours, varies by processor"). What is later is overdue: warned of, and charged all
/// the same as far as Amazon takes it.
inline constexpr std::chrono::hours charge_window_typical{46};

/// When the payment record of a captured trip goes without transactional data: a day after its
/// `charge_window`, once it was asked for at least `details_tries_min` times, so that a clock that
/// leaps ends nothing. The money is taken by then; nothing else ends by time.
[[nodiscard]] bool waited_enough(const store::Settlement& settlement, milliseconds charge_window,
                                 WallTime now);
inline constexpr int details_tries_min = 8;

/// For messages and the tests.
[[nodiscard]] std::string_view to_text(Event event);
[[nodiscard]] std::string_view to_text(Call call);

}  // namespace gatehouse::sync
