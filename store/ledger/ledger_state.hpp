#pragma once

// Private to ledger*.cpp: what a Ledger holds. Its statements are in store/sql/ledger/statements/.

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/checked_bytes.hpp"
#include "store/ledger/ledger.hpp"
#include "store/ledger/records/refund_waits.hpp"
#include "store/sql/ledger_sql.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

/// The record of ours, which revision of it this is put in front.
[[nodiscard]] std::string with_revision(std::string_view record, std::int64_t revision);

struct Ledger::State {
  explicit State(sqlite::Database database)
      : database_(std::move(database)), transactions_(database_) {}

  /// As sqlite::in_savepoint: how every operation of the Ledger is atomic by itself.
  template <class Work>
  [[nodiscard]] auto atomically(std::string_view what, const Work& work) {
    return sqlite::in_savepoint(transactions_, what, work);
  }

  struct KnownTrip {
    std::int64_t sequence = 0;
    std::string purchase_id;
    bool same_cart = false;
    bool is_named = true;  ///< false: the index and the row are of two trips
  };
  /// What is known of the charge of a trip.
  struct Charge {
    std::int64_t sequence = 0;
    std::optional<SettlementState> state;  ///< none: this trip is not settled here
    std::optional<Money> amount;
    std::optional<Money> part{};  ///< what is captured, where that is less
    bool empty_cart = false;
    PricedBy priced_by = PricedBy::nobody;
    bool is_named = true;  ///< false: the index and the row are of two trips
  };
  [[nodiscard]] static Charge read_charge(const sqlite::Rows& row);

  [[nodiscard]] Result<CartReceipt> insert_cart(const NewCart& cart, std::string_view fingerprint);
  [[nodiscard]] Result<CartReceipt> compare_cart(const NewCart& cart, std::string_view fingerprint,
                                                 KnownTrip known);
  [[nodiscard]] Result<CartReceipt> keep_differing_cart(const NewCart& cart,
                                                        std::string_view fingerprint,
                                                        CartReceipt receipt);
  [[nodiscard]] Result<> hold_cancel(std::int64_t trip_sequence, WallTime at);
  [[nodiscard]] Result<> insert_settlement(std::int64_t trip_sequence, const NewCart& cart);
  [[nodiscard]] Result<> update_delivery(const DeliveryAttempt& attempt);
  [[nodiscard]] Result<> put_aside(std::int64_t delivery_id, std::string_view reason, WallTime at);
  [[nodiscard]] Result<bool> make_due(std::int64_t delivery_id, WallTime at);
  /// What the cloud's answer to a cart says of its charge (ledger_grant.cpp).
  [[nodiscard]] Result<> take_answer(std::int64_t trip_sequence, const DeliveryAttempt& attempt);
  [[nodiscard]] Result<> end_trip_elsewhere(std::int64_t trip_sequence,
                                            const DeliveryAttempt& attempt);
  [[nodiscard]] Result<Grant> grant_of(std::string_view named);
  /// Whoever is named for it by such a price may be the original, of which this is a copy.
  [[nodiscard]] Result<bool> may_be_copy(std::string_view named, Grant granted);
  [[nodiscard]] Result<bool> was_never_withheld(std::int64_t trip_sequence);
  [[nodiscard]] Result<> keep_price_of_another(std::int64_t trip_sequence,
                                               const DeliveryAttempt& attempt, Grant granted);
  /// With a `price` only where it is the one on record.
  [[nodiscard]] Result<> vouch_for(std::int64_t trip_sequence, const std::optional<Money>& price,
                                   std::string_view why, WallTime at,
                                   std::optional<SettlementState> only_in = std::nullopt);
  /// Ends it, with its record, where the cloud said so and nothing was charged here for certain.
  /// False: it did not.
  [[nodiscard]] Result<bool> end_if_elsewhere(std::int64_t trip_sequence, WallTime at);
  [[nodiscard]] Result<> take_charge(std::int64_t trip_sequence, const DeliveryAttempt& attempt);
  /// Why a trip keeps waiting for a price, although one came.
  [[nodiscard]] Result<> explain_price(std::int64_t trip_sequence, std::string_view reason,
                                       WallTime at);
  /// False: this very change is on disk already, and nothing was done.
  [[nodiscard]] Result<bool> change_settlement(const SettlementChange& change);
  /// False: no call was under way.
  [[nodiscard]] Result<bool> make_outcome_unknown(std::int64_t trip_sequence, WallTime at);
  [[nodiscard]] Result<std::optional<Charge>> find_charge(std::string_view trip_id);
  /// For whoever knows the row already: the index of trips, which may be damaged, is not asked.
  [[nodiscard]] Result<std::optional<Charge>> charge_of(std::int64_t trip_sequence);
  /// One more delivery of the trip, unless its key is there already.
  [[nodiscard]] Result<> add_delivery(std::int64_t trip_sequence, DeliveryKind kind,
                                      std::string_view key, std::string_view payload, WallTime at);
  [[nodiscard]] Result<bool> has_delivery(std::int64_t trip_sequence, std::string_view key);
  [[nodiscard]] Result<bool> is_on_disk(const SettlementChange& change);
  [[nodiscard]] Result<> add_records(const SettlementChange& change);
  [[nodiscard]] Result<> add_payment_status(std::int64_t trip_sequence, std::string_view trip_id,
                                            const std::string& report, WallTime at);
  [[nodiscard]] Result<> write_report(const SettledReport& report);
  /// Of a charge that had ended: what still waits of the reports of that end.
  [[nodiscard]] Result<> withdraw_reports(const SettlementChange& change);
  /// (ledger_question.cpp)
  [[nodiscard]] Result<> add_payment_record(std::int64_t trip_sequence, std::string_view trip_id,
                                            const std::string& record, WallTime at);
  /// After a change: what the payments desk is to be told of it.
  [[nodiscard]] Result<> note_facts(const SettlementChange& change);
  [[nodiscard]] Result<bool> write_question(const NewQuestion& question);
  /// (ledger_decision.cpp)
  /// `answered`: what was delivered when it came.
  [[nodiscard]] Result<> take_decision(std::int64_t trip_sequence, const NewDecision& decision,
                                       DeliveryKind answered, WallTime at);
  [[nodiscard]] Result<> end_decision(const DecisionOutcome& outcome);
  [[nodiscard]] Result<> add_refund_record(const DeliveryAttempt& attempt);
  [[nodiscard]] Result<PriceOutcome> set_price(const std::optional<Charge>& trip,
                                               const Money& amount, WallTime at,
                                               std::string_view checkout_cart, bool free,
                                               PricedBy by);
  /// Of a charge that has another one already: a person may replace it while it is held.
  [[nodiscard]] Result<PriceOutcome> replace_price(const Charge& trip, const Money& amount,
                                                   WallTime at, std::string_view checkout_cart);
  /// A price of nothing that was not said to be meant.
  [[nodiscard]] Result<PriceOutcome> refuse_zero(const Charge& trip, WallTime at);
  [[nodiscard]] Result<> write_price(const Charge& trip, const Money& amount, WallTime at,
                                     std::string_view checkout_cart, PricedBy by);
  [[nodiscard]] Result<> keep_checkout_cart(std::int64_t trip_sequence, std::string_view cart);
  [[nodiscard]] Result<RefundOutcome> insert_refund(const NewRefund& refund);
  [[nodiscard]] Result<std::optional<RefundOutcome>> known_refund(const NewRefund& refund);
  [[nodiscard]] Result<bool> exceeds_captured(const Charge& trip, const Money& more,
                                              std::int64_t without_delivery);
  [[nodiscard]] Result<bool> may_retry_refund(std::int64_t delivery_id);
  struct FoundRefund {
    Charge trip;
    Money amount;
    DeliveryState state = DeliveryState::pending;
    bool unclear = false;
  };
  [[nodiscard]] Result<std::optional<FoundRefund>> find_refund_and_charge(std::int64_t delivery_id);
  [[nodiscard]] Result<RefundDecided> decide_refund(const RefundDecision& decision);
  [[nodiscard]] Result<RefundDecided> take_as_made(const FoundRefund& refund,
                                                   const RefundDecision& decision);
  [[nodiscard]] Result<RefundDecided> take_as_not_made(const FoundRefund& refund,
                                                       const RefundDecision& decision);
  [[nodiscard]] Result<> end_refund(const FoundRefund& refund, const RefundDecision& decision,
                                    DeliveryState state, std::string_view what);

  /// (ledger_refused.cpp)
  [[nodiscard]] Result<RefusedOutcome> keep_refused(const NewRefusedCart& cart);
  [[nodiscard]] Result<Forwarded> forward_refused(std::int64_t id, WallTime at);
  [[nodiscard]] Result<Dropped> drop_refused(std::int64_t id);
  [[nodiscard]] Result<Forwarded> deliver_refused(std::string_view fingerprint,
                                                  std::string_view bytes, WallTime first_at,
                                                  WallTime at);

  /// (ledger_gap.cpp)
  [[nodiscard]] Result<> read_mark();
  [[nodiscard]] Result<> note_fresh(bool made_just_now);
  [[nodiscard]] Result<std::optional<LedgerFile>> noted_file();
  /// Leaves the era that it is in, at the commits that there are.
  [[nodiscard]] Result<> begin_era(WallTime at);
  [[nodiscard]] Result<std::int64_t> declare_sound(std::string_view by, WallTime at,
                                                   std::size_t trips_max);
  /// False: there was nothing to count.
  [[nodiscard]] Result<bool> count_commit();

  sqlite::Database database_;
  sqlite::TransactionStatements transactions_;
  bool fresh_ = false;        ///< it has neither a name nor a trip
  bool made_now_ = false;     ///< it was made in this run
  bool gap_now_ = false;      ///< a gap was found in this run
  LedgerMark mark_{};         ///< as of the last commit
  LedgerMark mark_before_{};  ///< this transaction
  std::int64_t changes_before_ = 0;
  bool charge_intended_ = false;  ///< in this transaction

  sqlite::Statement find_trip_ = prepare(ledger_sql::find_trip);
  sqlite::Statement insert_trip_ = prepare(ledger_sql::insert_trip);
  sqlite::Statement insert_trip_store_ = prepare(ledger_sql::insert_trip_store);
  sqlite::Statement insert_differing_cart_ = prepare(ledger_sql::insert_differing_cart);

  sqlite::Statement insert_delivery_ = prepare(ledger_sql::insert_delivery);
  sqlite::Statement renew_order_ = prepare(ledger_sql::renew_order);
  sqlite::Statement count_of_key_ = prepare(ledger_sql::count_of_key);
  sqlite::Statement count_of_kind_ = prepare(ledger_sql::count_of_kind);
  sqlite::Statement find_delivery_ = prepare(ledger_sql::find_delivery);
  sqlite::Statement record_attempt_ = prepare(ledger_sql::record_attempt);
  sqlite::Statement retry_delivery_ = prepare(ledger_sql::retry_delivery);
  sqlite::Statement withdraw_reports_ = prepare(ledger_sql::withdraw_reports);
  sqlite::Statement set_aside_damaged_ = prepare(ledger_sql::set_aside_damaged);

  sqlite::Statement find_settlement_ = prepare(ledger_sql::find_settlement);
  sqlite::Statement insert_settlement_ = prepare(ledger_sql::insert_settlement);
  sqlite::Statement update_settlement_ = prepare(ledger_sql::update_settlement);
  sqlite::Statement hold_cancel_ = prepare(ledger_sql::hold_cancel);
  sqlite::Statement explain_settlement_ = prepare(ledger_sql::explain_settlement);
  sqlite::Statement find_charge_ = prepare(ledger_sql::find_charge);
  sqlite::Statement charge_of_trip_ = prepare(ledger_sql::charge_of_trip);
  sqlite::Statement write_amount_ = prepare(ledger_sql::write_amount);
  sqlite::Statement replace_amount_ = prepare(ledger_sql::replace_amount);
  sqlite::Statement refuse_grant_ = prepare(ledger_sql::refuse_grant);
  sqlite::Statement note_elsewhere_ = prepare(ledger_sql::note_elsewhere);
  sqlite::Statement end_elsewhere_ = prepare(ledger_sql::end_elsewhere);
  sqlite::Statement note_vouched_ = prepare(ledger_sql::note_vouched);
  sqlite::Statement vouch_ = prepare(ledger_sql::vouch);
  sqlite::Statement insert_checkout_cart_ = prepare(ledger_sql::insert_checkout_cart);
  sqlite::Statement insert_history_ = prepare(ledger_sql::insert_history);
  sqlite::Statement recover_state_ = prepare(ledger_sql::recover_state);

  sqlite::Statement find_refund_ = prepare(ledger_sql::find_refund);
  sqlite::Statement refunded_minor_ = prepare(ledger_sql::refunded_minor);
  sqlite::Statement insert_refund_ = prepare(ledger_sql::insert_refund);
  sqlite::Statement refund_and_charge_ = prepare(ledger_sql::refund_and_charge);
  sqlite::Statement doubt_refund_ = prepare(ledger_sql::doubt_refund);
  sqlite::Statement clear_refund_ = prepare(ledger_sql::clear_refund);
  sqlite::Statement end_refund_ = prepare(ledger_sql::end_refund);
  sqlite::Statement doubt_pending_refunds_ = prepare(ledger_sql::doubt_pending_refunds);
  sqlite::Statement set_aside_refunds_ = prepare(ledger_sql::set_aside_refunds);
  RefundWaits refund_waits_;
  sqlite::Statement refund_of_delivery_ = prepare(ledger_sql::refund_of_delivery);

  sqlite::Statement repeat_refused_ = prepare(ledger_sql::repeat_refused);
  sqlite::Statement share_of_caller_ = prepare(ledger_sql::share_of_caller);
  sqlite::Statement insert_refused_ = prepare(ledger_sql::insert_refused);
  sqlite::Statement add_to_share_ = prepare(ledger_sql::add_to_share);
  sqlite::Statement note_not_kept_ = prepare(ledger_sql::note_not_kept);
  sqlite::Statement refused_to_forward_ = prepare(ledger_sql::refused_to_forward);
  sqlite::Statement withdraw_refused_ = prepare(ledger_sql::withdraw_refused);
  sqlite::Statement forwarded_before_ = prepare(ledger_sql::forwarded_before);
  sqlite::Statement forward_anew_ = prepare(ledger_sql::forward_anew);
  sqlite::Statement keep_report_ = prepare(ledger_sql::keep_report);
  sqlite::Statement note_forwarded_ = prepare(ledger_sql::note_forwarded);
  sqlite::Statement drop_refused_ = prepare(ledger_sql::drop_refused);
  sqlite::Statement take_from_share_ = prepare(ledger_sql::take_from_share);
  sqlite::Statement note_dropped_ = prepare(ledger_sql::note_dropped);

  sqlite::Statement note_question_ = prepare(ledger_sql::note_question);
  sqlite::Statement note_unpriceable_ = prepare(ledger_sql::note_unpriceable);
  sqlite::Statement note_overdue_ = prepare(ledger_sql::note_overdue);
  sqlite::Statement ask_about_withheld_ = prepare(ledger_sql::ask_about_withheld);
  sqlite::Statement ask_ = prepare(ledger_sql::ask);
  sqlite::Statement drop_question_ = prepare(ledger_sql::drop_question);
  sqlite::Statement forget_questions_ = prepare(ledger_sql::forget_questions);
  sqlite::Statement renew_question_ = prepare(ledger_sql::renew_question);
  sqlite::Statement next_revision_ = prepare(ledger_sql::next_revision);
  sqlite::Statement write_look_ = prepare(ledger_sql::write_look);

  sqlite::Statement note_decision_ = prepare(ledger_sql::note_decision);
  sqlite::Statement last_refusal_ = prepare(ledger_sql::last_refusal);
  sqlite::Statement settle_decision_ = prepare(ledger_sql::settle_decision);
  sqlite::Statement note_in_history_ = prepare(ledger_sql::note_in_history);
  sqlite::Statement ask_now_ = prepare(ledger_sql::ask_now);

  sqlite::Statement last_trip_ = prepare(ledger_sql::last_trip);
  sqlite::Statement select_mark_ = prepare(ledger_sql::select_mark);
  sqlite::Statement select_witnessed_ = prepare(ledger_sql::select_witnessed);
  sqlite::Statement select_file_ = prepare(ledger_sql::select_file);
  sqlite::Statement note_file_ = prepare(ledger_sql::note_file);
  sqlite::Statement insert_identity_ = prepare(ledger_sql::insert_identity);
  sqlite::Statement count_commits_ = prepare(ledger_sql::count_commits);
  sqlite::Statement note_witness_ = prepare(ledger_sql::note_witness);
  sqlite::Statement leave_era_ = prepare(ledger_sql::leave_era);
  sqlite::Statement last_era_ = prepare(ledger_sql::last_era);
  sqlite::Statement commits_of_era_ = prepare(ledger_sql::commits_of_era);
  sqlite::Statement begin_era_ = prepare(ledger_sql::begin_era);
  sqlite::Statement last_gap_ = prepare(ledger_sql::last_gap);
  sqlite::Statement insert_gap_ = prepare(ledger_sql::insert_gap);
  sqlite::Statement declare_evidence_sound_ = prepare(ledger_sql::declare_evidence_sound);
  sqlite::Statement withhold_ = prepare(ledger_sql::withhold);
  sqlite::Statement hand_back_ = prepare(ledger_sql::hand_back);
  sqlite::Statement accept_gaps_ = prepare(ledger_sql::accept_gaps);
  sqlite::Statement note_confirmed_time_ = prepare(ledger_sql::note_confirmed_time);
  sqlite::Statement bring_deliveries_forward_ = prepare(ledger_sql::bring_deliveries_forward);
  sqlite::Statement bring_charges_forward_ = prepare(ledger_sql::bring_charges_forward);
  sqlite::Statement bring_looks_forward_ = prepare(ledger_sql::bring_looks_forward);
  sqlite::Statement bring_questions_forward_ = prepare(ledger_sql::bring_questions_forward);
  sqlite::Statement has_open_gap_ = prepare(ledger_sql::has_open_gap);
  sqlite::Statement was_never_withheld_ = prepare(ledger_sql::was_never_withheld);
  sqlite::Statement confirm_birth_ = prepare(ledger_sql::confirm_birth);
  sqlite::Statement confirm_gaps_ = prepare(ledger_sql::confirm_gaps);
  sqlite::Statement withhold_begun_before_ = prepare(ledger_sql::withhold_begun_before);
  sqlite::Statement hand_back_begun_since_ = prepare(ledger_sql::hand_back_begun_since);

 private:
  [[nodiscard]] sqlite::Statement prepare(const sqlite::NamedStatement& named) const {
    return {database_.handle(), named};
  }
};

}  // namespace gatehouse::store
