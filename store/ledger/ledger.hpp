#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "store/ledger/ledger_identity.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/new_question.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/refused_cart.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The only writer of ledger.db. WAL, synchronous FULL: once commit() has returned success,
/// everything written since begin() is on disk and survives a power cut.
///
/// Not thread-safe: one thread owns it (LedgerThread's). Every call between begin() and commit() is
/// atomic by itself: when it fails, none of its own writes are left in the transaction.
class Ledger {
 public:
  /// Opens or creates the file, migrates it, and then copies what it can of the WAL into it, with
  /// fsync. Nobody who reads is asked to leave, but for a migration. The first opening of a process
  /// comes after sqlite::LogRenewal: after a failed fsync the page cache may show frames that the
  /// disk does not have, and what is written behind them would be lost with the power. A newer
  /// schema or a damaged file is refused (Remedy::repair); the file is never recreated. Another
  /// program that holds the file is waited for half a second, here and in every other call
  /// (Remedy::retry).
  [[nodiscard]] static Result<Ledger> open(const std::filesystem::path& file);
  /// The highest schema that this program knows, which is what open() leaves behind.
  [[nodiscard]] static std::int64_t newest_schema() noexcept;
  ~Ledger();
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;

  [[nodiscard]] Result<> begin();
  /// On failure the transaction is rolled back and nothing since begin() is seen again, unless the
  /// process ends before the file was opened anew (see LedgerThread).
  [[nodiscard]] Result<> commit();
  void rollback() noexcept;

  /// Runs `work` inside the transaction, and undoes what it wrote where it returns false: so that
  /// one piece of work can fail and the others of its commit stay. A failure means that the whole
  /// transaction is lost, and only rollback() is left.
  [[nodiscard]] Result<> attempt(std::move_only_function<bool()> work);
  /// Writes one page that changes nothing: its commit proves that the disk takes writes again.
  [[nodiscard]] Result<> probe();

  /// Records a cart, its delivery and (where asked for) its settlement. A trip that is there
  /// already is left as it stands and reported in the receipt (connectors.md 2.4). Of differing
  /// carts the first 16 are kept as evidence: a caller that changes its cart at each try must not
  /// fill the disk. A cart with items after an empty one holds a charge whose cancellation has not
  /// left yet (Settlement::full_cart_followed).
  [[nodiscard]] Result<CartReceipt> append(const NewCart& cart);

  /// Writes down how an attempt ended. `charge` prices the trip as price() does; a charge that
  /// price() rejects does not hold up the delivery: the settlement keeps waiting, with the reason,
  /// as it does without a charge where a delivered one has a reason.
  /// A `decision` waits to be carried out from then on; the same word of the same person again
  /// does not, unless it names a later revision of the record.
  /// What is delivered stays delivered. Remedy::reject: there is no such delivery.
  ///
  /// `grant` says who may charge. A price that does not let this ledger charge (Grant) is kept
  /// for people to see, and the trip is not_granted; so is one that names this ledger before a gap
  /// that nobody has accepted, of a trip that came after it: see Grant::earlier. One that names
  /// this ledger in this era lifts what was withheld, and so does settled_elsewhere = false, but
  /// for a price that names it before a gap that nobody has accepted.
  /// settled_elsewhere = true ends the trip with its record. Neither stops what may have been
  /// captured already, nor what was priced here by hand and is not withheld.
  [[nodiscard]] Result<> record_attempt(const DeliveryAttempt& attempt);

  /// A pending delivery whose bytes cannot be read, or are not those that were recorded: it is not
  /// sent, and those of its trip that waited for it go on. A refund still counts as made, for it
  /// may have left before (decide_refund). Remedy::reject: none such is pending.
  [[nodiscard]] Result<> set_aside_damaged(std::int64_t delivery_id, std::string_view reason,
                                           WallTime at);

  /// Moves a settlement. Remedy::reject when the state on disk is not `change.from`; but the very
  /// change that is on disk already, with its times, attempts and reason, succeeds again: a commit
  /// that seemed to fail may have reached the disk, and makes no second record. Each change that
  /// brings a payment record makes one, under a key and with a "revision" of its own: the first is
  /// 1. Remedy::reject also for a record without a change of state, and for adjust_sent once a
  /// capture may have had its effect. Moving to capture_sent counts the capture
  /// (Settlement::captures_sent). A charge that had ended and moves on withdraws the payment status
  /// reports of it that wait: they are not true any more.
  [[nodiscard]] Result<> move_settlement(const SettlementChange& change);

  /// Makes a record of a charge that waits for a person, under the next revision of the trip's
  /// payment records. It takes the place of the one before, which was delivered or set aside.
  /// False, and nothing was done: one is still pending, or the charge has moved on since it was
  /// read (so this repeats itself).
  [[nodiscard]] Result<bool> ask(const NewQuestion& question);
  /// There is nothing more to ask about this charge, if it is still as it was read.
  [[nodiscard]] Result<> drop_question(std::int64_t trip_sequence, SettlementState state,
                                       WallTime ask_at);
  /// The time to charge has passed: to be told, where the charge is open.
  [[nodiscard]] Result<> note_overdue(std::int64_t trip_sequence, WallTime at);
  /// A person's word that an answer brought (record_attempt) was carried out or refused: with its
  /// change, or nothing of both. Remedy::reject as in move_settlement(). It repeats itself.
  [[nodiscard]] Result<> settle_decision(const DecisionOutcome& outcome);

  /// One more report of the payment status of a trip, under a key of its own, and a note of it in
  /// the history. Remedy::reject: the charge is not in that state.
  [[nodiscard]] Result<> report_settled(const SettledReport& report);

  /// The price of a trip came. While the trip is awaiting_price this moves it to adjust_due
  /// (a zero amount to cancel_due: there is nothing to charge, and a capture of 0 is a 400). A held
  /// or expired trip takes the price and stays where it is. Remedy::reject: negative, or no
  /// currency. With a `checkout_cart` of that total it goes to the checkout service: checkout_due,
  /// whatever the amount. A price of nothing for a cart with items is taken only where it is said
  /// to be meant (`free`): otherwise a trip that waits for its price is held, without one.
  /// The price of a held charge of which nothing may have been captured or cancelled is replaced,
  /// with a note of the old one in the history; the charge stays held, and is adjusted anew.
  /// This is a person's word at this box: it charges what a price that names another ledger left
  /// not_granted, also where that was withheld. What else is withheld stays so.
  [[nodiscard]] Result<PriceOutcome> price(std::string_view trip_id, const Money& amount,
                                           WallTime at, std::string_view checkout_cart = {},
                                           bool free = false);

  /// Money to give back of what was captured (services.md 2.4): recorded with its delivery to
  /// Amazon, or refused as the outcome says, and then nothing was done. Remedy::reject: an amount
  /// of nothing or less.
  [[nodiscard]] Result<RefundOutcome> refund(const NewRefund& refund);

  /// A person says whether a refund was made, which ends it: Amazon may answer for ever that it
  /// cannot say. Made: it counts as delivered, with the record for the cloud, whatever the sum is.
  /// Not made: what may have had its effect is withdrawn, and goes on to count as refunded; said
  /// once more refund_effect_max later by the steady clock, it counts no longer. Another process,
  /// or a ledger opened again, counts that time anew (RefundWaits). The history of the trip keeps
  /// who said it. An answer of Amazon's that it was made counts later, too.
  [[nodiscard]] Result<RefundDecided> decide_refund(const RefundDecision& decision);

  /// After a start: a refund that waits may have been under way when the process before ended, so
  /// it may have had its effect whatever a later call of it is answered.
  [[nodiscard]] Result<> doubt_refunds_under_way();

  /// Keeps a cart that was answered 400, within the limits of records/refused_cart.hpp. The same
  /// one again is counted; one that is beyond a limit is counted, too, and nothing else is kept of
  /// it.
  [[nodiscard]] Result<RefusedOutcome> keep_refused(const NewRefusedCart& cart);

  /// A person has such a cart delivered to the cloud as it was kept: as a delivery of its own kind,
  /// of a trip that is made for it and that nobody charges. Once. Remedy::repair: its bytes are
  /// damaged.
  [[nodiscard]] Result<Forwarded> forward_refused(std::int64_t id, WallTime at);

  /// A person drops a refused cart, so that there is room for others: the way back from a full
  /// store. Not one that is on its way to the cloud, and nothing else than a refused cart.
  [[nodiscard]] Result<Dropped> drop_refused(std::int64_t id);

  /// An operator asks for a set-aside or waiting delivery to be sent now. False: no such delivery,
  /// it was delivered already, or it is a refund that would now exceed what was captured.
  /// Whether it is damaged is not looked at (LedgerReader::check): it would be set aside again.
  [[nodiscard]] Result<bool> retry(std::int64_t delivery_id, WallTime at);

  /// After a start: a call that was `_sent` has an unknown outcome. Moves checkout_sent to
  /// checkout_due (the trip id is its idempotency key, services.md 7), adjust_sent to
  /// adjust_due, cancel_sent to cancel_due (both safe to repeat: inference, services.md 9.1) and
  /// capture_sent to capture_unknown. False: it is in none of these states. A trip each
  /// (LedgerReader::sent_settlements), so that one that is damaged keeps no other from going on.
  [[nodiscard]] Result<bool> recover_settlement(std::int64_t trip_sequence, WallTime at);

  /// Puts this in the place of the newest time that was confirmed (LedgerReader::confirmed_time).
  [[nodiscard]] Result<> note_confirmed_time(WallTime confirmed);
  /// The wall clock went back by `by`, and stands at `now`: what waits for its next attempt waits
  /// as long as it would have, and no longer. Deliveries of one lane that nothing blocks (the
  /// farthest ahead first), charges, looks, or questions, up to brought_forward_max; what is beyond
  /// that comes due as LedgerReader::due_deliveries() says.
  enum class Forward { to_cloud, to_amazon, to_feedback, charges, looks, questions };
  static constexpr std::array forward_parts{Forward::to_cloud,    Forward::to_amazon,
                                            Forward::to_feedback, Forward::charges,
                                            Forward::looks,       Forward::questions};
  [[nodiscard]] Result<> bring_forward(Forward part, WallTime now, milliseconds by);
  static constexpr std::int64_t brought_forward_max = 1'000;
  /// This ledger was opened at `opened_at`, by a clock that others confirm now. That takes the
  /// place of what was noted when it was made, and of when a gap was found if that was earlier, and
  /// withholds what is here of before then, as if the clock had been right from the start: what
  /// waits, was never captured here, and was let go or vouched for by nobody. What a clock that was
  /// ahead has withheld by the ledger's birth alone is let go. What an earlier run noted and never
  /// confirmed counts as noted no earlier than now, which withholds trips still to come alone: the
  /// clock of then may have stood in the past.
  [[nodiscard]] Result<> confirm_opening(WallTime opened_at, WallTime now);
  /// It was opened in the place of `before`, in the same run: what that one knows of its opening
  /// holds of this one, where it is the same ledger.
  void take_place_of(const Ledger& before) noexcept;

  /// Which ledger this is and how far, as of the last commit; no id before identify(). Every commit
  /// that changed anything counts, so a lost intent to charge shows as well as a lost cart.
  [[nodiscard]] const LedgerMark& mark() const noexcept;
  /// The transaction at hand, or the last one, has an intent to charge: a call may leave once it is
  /// committed.
  [[nodiscard]] bool charge_intended() const noexcept;
  /// For find_gap(); `witness` is what that said, LedgerMark{} where it said nothing.
  [[nodiscard]] Result<LedgerView> view(const LedgerMark& witness);
  /// Names a ledger that has no id. Once. `born_at`: where the ledger was made just now, so that
  /// trips of before it are known as such (birth_tolerance); nullopt: when it was made is not
  /// known.
  [[nodiscard]] Result<> identify(std::string_view id, WallTime at,
                                  std::optional<WallTime> born_at);
  /// It is in this file from now on.
  [[nodiscard]] Result<> note_file(const LedgerFile& file);
  /// There is a witness beside the file now.
  [[nodiscard]] Result<> note_witness();
  /// Begins a new era, and withholds every charge that a lost history may have made already: those
  /// that are open or expired, and those of trips still to come that began before `found_at` (by
  /// Amazon's clock, so gap_clock_tolerance is added). They are neither due nor take an intent to
  /// charge; an operator's cancel still goes.
  [[nodiscard]] Result<> note_gap(const LedgerGap& gap);
  /// What is withheld of this trip is let go of, for a reason that its history keeps. Nothing is
  /// done where it is not in the state `seen`, or the cloud says that it was charged elsewhere.
  [[nodiscard]] Result<> vouch(std::string_view trip_id, SettlementState seen, std::string_view why,
                               WallTime at);
  /// A person declares that a reconciliationId is a sign of a capture after all
  /// (SettlementChange::evidence_unsound), and the history of each trip says who. Up to `trips_max`
  /// trips; gives how many, and fewer once it was the last of them.
  [[nodiscard]] Result<std::int64_t> declare_evidence_sound(std::string_view by, WallTime at,
                                                            std::size_t trips_max);
  /// A person accepts the gaps: lets go of up to `charges_max` charges. True: that was the last,
  /// the gaps are accepted, and a new era has begun. False: call again, in another commit.
  [[nodiscard]] Result<bool> accept_gaps(WallTime at, std::size_t charges_max);

 private:
  struct State;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::store
