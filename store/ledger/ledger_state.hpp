#pragma once

// Private to ledger.cpp and ledger_settlement.cpp: what a Ledger holds.

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_queries.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

struct Ledger::State {
  explicit State(sqlite::Database opened) : database(std::move(opened)), transactions(database) {}

  struct KnownTrip {
    std::int64_t sequence = 0;
    std::string purchase_id;
    bool same_cart = false;
  };
  /// What is known of the charge of a trip.
  struct Charge {
    std::int64_t sequence = 0;
    std::optional<SettlementState> state;  ///< none: this trip is not settled here
    std::optional<Money> amount;
  };

  [[nodiscard]] Result<CartReceipt> insert_cart(const NewCart& cart, std::string_view fingerprint);
  [[nodiscard]] Result<CartReceipt> compare_cart(const NewCart& cart, std::string_view fingerprint,
                                                 KnownTrip known);
  [[nodiscard]] Result<> insert_settlement(std::int64_t trip_sequence, const NewCart& cart);
  [[nodiscard]] Result<> update_delivery(const DeliveryAttempt& attempt);
  [[nodiscard]] Result<> put_aside(std::int64_t delivery_id, std::string_view reason, WallTime at);
  [[nodiscard]] Result<bool> make_due(std::int64_t delivery_id, WallTime at);
  [[nodiscard]] Result<> take_charge(std::string_view trip_id, const DeliveryAttempt& attempt);
  /// False: this very change is on disk already, and nothing was done.
  [[nodiscard]] Result<bool> change_settlement(const SettlementChange& change);
  [[nodiscard]] Result<std::optional<Charge>> find_charge(std::string_view trip_id);
  /// One more delivery of the trip, unless its key is there already.
  [[nodiscard]] Result<> add_delivery(std::int64_t trip_sequence, DeliveryKind kind,
                                      std::string_view key, std::string_view payload, WallTime at);
  [[nodiscard]] Result<bool> is_on_disk(const SettlementChange& change);
  [[nodiscard]] Result<> add_records(const SettlementChange& change);
  /// One more of this kind for the trip, under a key of its own revision.
  [[nodiscard]] Result<> add_revision(const SettlementChange& change, std::string_view trip_id,
                                      DeliveryKind kind, const std::string& payload);
  [[nodiscard]] Result<> add_refund_record(const DeliveryAttempt& attempt);
  [[nodiscard]] Result<PriceOutcome> set_price(std::string_view trip_id, const Money& amount,
                                               WallTime at, std::string_view checkout_cart);
  [[nodiscard]] Result<> write_price(const Charge& trip, const Money& amount, WallTime at,
                                     std::string_view checkout_cart);
  [[nodiscard]] Result<RefundOutcome> insert_refund(const NewRefund& refund);
  [[nodiscard]] Result<std::optional<RefundOutcome>> known_refund(const NewRefund& refund);
  [[nodiscard]] Result<bool> exceeds_captured(const Charge& trip, const Money& more,
                                              std::int64_t without_delivery);
  [[nodiscard]] Result<bool> may_retry_refund(std::int64_t delivery_id);

  /// (ledger_gap.cpp)
  [[nodiscard]] Result<> read_mark();
  /// False: there was nothing to count.
  [[nodiscard]] Result<bool> count_commit();

  sqlite::Database database;
  sqlite::TransactionStatements transactions;
  bool fresh = false;  ///< the file had nothing in it
  LedgerMark mark{};   ///< as of the last commit
  std::int64_t changes_before = 0;
  bool charge_intended = false;  ///< in this transaction

  sqlite::Statement find_trip =
      prepare("SELECT sequence, purchase_id, fingerprint = ?2 FROM trip WHERE trip_id = ?1");
  sqlite::Statement insert_trip = prepare(
      "INSERT INTO trip (trip_id, purchase_id, entry, started_at_ms, received_at_ms, fingerprint,"
      " cart, cart_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  sqlite::Statement insert_differing = prepare(
      "INSERT INTO differing_cart (trip_sequence, received_at_ms, fingerprint, cart)"
      " SELECT ?1, ?2, ?3, ?4"
      " WHERE (SELECT count(*) FROM differing_cart WHERE trip_sequence = ?1) < ?5"
      " ON CONFLICT (trip_sequence, fingerprint) DO NOTHING");

  sqlite::Statement insert_delivery = prepare(queries::insert_delivery());
  sqlite::Statement renew_order = prepare(queries::renew_order());
  sqlite::Statement count_deliveries =
      prepare("SELECT count(*) FROM delivery WHERE idempotency_key = ?1");
  sqlite::Statement count_revisions =
      prepare("SELECT count(*) FROM delivery WHERE trip_sequence = ?1 AND kind = ?2");
  sqlite::Statement find_delivery = prepare(
      "SELECT trip.trip_id, delivery.trip_sequence, delivery.state"
      " FROM delivery JOIN trip ON trip.sequence = delivery.trip_sequence WHERE delivery.id = ?1");
  sqlite::Statement record_attempt = prepare(
      "UPDATE delivery SET state = ?2, attempts = attempts + 1, next_attempt_ms = ?3,"
      " finished_at_ms = ?4, reason = ?5, unclear = unclear OR ?6,"
      " ready_lane = iif(?2 = 1, ready_lane, NULL)"
      " WHERE id = ?1 AND state <> 2");
  sqlite::Statement retry_delivery = prepare(
      "UPDATE delivery SET state = 1, next_attempt_ms = ?2, finished_at_ms = NULL, damaged = 0"
      " WHERE id = ?1 AND state <> 2 RETURNING trip_sequence");
  sqlite::Statement set_aside_damaged = prepare(
      "UPDATE delivery SET state = 3, damaged = 1, next_attempt_ms = ?2, finished_at_ms = ?2,"
      " reason = ?3, ready_lane = NULL WHERE id = ?1 AND state = 1 RETURNING trip_sequence");

  sqlite::Statement find_settlement = prepare(
      "SELECT trip.trip_id, settlement.state, settlement.changed_at_ms, settlement.attempts,"
      " settlement.next_attempt_ms, settlement.reason FROM settlement"
      " JOIN trip ON trip.sequence = settlement.trip_sequence WHERE trip_sequence = ?1");
  sqlite::Statement insert_settlement_row = prepare(
      "INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms, changed_at_ms,"
      " withheld) VALUES (?1, ?2, ?3, ?4, ?4, ?2 <> 7 AND EXISTS (SELECT 1 FROM ledger_gap"
      // Accepted or not: what was accepted is what was here, and Amazon repeats carts.
      " WHERE kind <> 4 AND found_at_ms + ?5 > ?3))");
  sqlite::Statement update_settlement = prepare(
      "UPDATE settlement SET state = ?3, attempts = ?4, next_attempt_ms = ?5, reason = ?6,"
      " changed_at_ms = iif(state = ?3, changed_at_ms, ?7),"
      " held_from = iif(?3 IN (13, 14) AND state <> ?3, state, held_from),"
      " charge_unclear = iif(?8, 0, charge_unclear OR ?9 OR ?3 = 6),"
      " captures_sent = captures_sent + (?3 = 5 AND state <> 5),"
      " captures_not_done = captures_not_done + (?10 AND state = 5 AND ?3 <> 5),"
      " clear_looks = coalesce(?11, clear_looks),"
      // Once there is nothing more to charge, there is nothing to withhold.
      " withheld = withheld AND NOT ?8 AND ?3 IN (1, 2, 3, 4, 5, 6, 13, 14, 15, 16)"
      " WHERE trip_sequence = ?1 AND state = ?2"
      // No intent to charge, whoever had chosen this trip before.
      " AND (withheld = 0 OR ?3 NOT IN (3, 5, 16))"
      // Its price came while somebody decided that it should wait for one.
      " AND (?3 <> 1 OR amount_minor IS NULL)");
  sqlite::Statement explain_settlement = prepare(
      "UPDATE settlement SET reason = ?2 WHERE trip_sequence = (SELECT sequence FROM trip"
      " WHERE trip_id = ?1) AND state = 1");
  sqlite::Statement select_charge = prepare(
      "SELECT trip.sequence, settlement.state, settlement.amount_minor, settlement.currency"
      " FROM trip LEFT JOIN settlement ON settlement.trip_sequence = trip.sequence"
      " WHERE trip.trip_id = ?1");
  sqlite::Statement write_amount =
      prepare("UPDATE settlement SET amount_minor = ?2, currency = ?3 WHERE trip_sequence = ?1");
  sqlite::Statement insert_checkout_cart =
      prepare("INSERT INTO checkout_cart (trip_sequence, cart, cart_sha256) VALUES (?1, ?2, ?3)");

  sqlite::Statement find_refund = prepare(
      "SELECT trip.trip_id, amount_minor, currency, reason_code FROM refund"
      " JOIN trip ON trip.sequence = refund.trip_sequence WHERE request_id = ?1");
  // Of those that were not set aside, or may have had their effect all the same; without one.
  sqlite::Statement refunded_minor = prepare(
      "SELECT coalesce(sum(amount_minor), 0) FROM refund"
      " JOIN delivery ON delivery.id = refund.delivery_id"
      " WHERE refund.trip_sequence = ?1 AND (delivery.state <> 3 OR refund.unclear)"
      " AND delivery.id <> ?2");
  sqlite::Statement insert_refund_row = prepare(
      "INSERT INTO refund (trip_sequence, request_id, amount_minor, currency, reason_code,"
      " delivery_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  sqlite::Statement set_aside_refund = prepare(
      "SELECT refund.trip_sequence, settlement.state, settlement.amount_minor, settlement.currency,"
      " refund.amount_minor, refund.currency FROM refund"
      " JOIN delivery ON delivery.id = refund.delivery_id"
      " JOIN settlement ON settlement.trip_sequence = refund.trip_sequence"
      " WHERE delivery.id = ?1 AND delivery.state = 3");
  sqlite::Statement doubt_refund = prepare("UPDATE refund SET unclear = 1 WHERE delivery_id = ?1");
  sqlite::Statement refund_of_delivery =
      prepare("SELECT trip_sequence, request_id FROM refund WHERE delivery_id = ?1");
  sqlite::Statement insert_history = prepare(
      "INSERT INTO settlement_history (trip_sequence, at_ms, state, reason)"
      " VALUES (?1, ?2, ?3, ?4)");
  sqlite::Statement recover_state = prepare(
      "UPDATE settlement SET state = ?3, next_attempt_ms = ?4, changed_at_ms = ?4, reason = ?5,"
      " charge_unclear = charge_unclear OR ?3 IN (6, 15), clear_looks = iif(?3 = 6, 0, clear_looks)"
      " WHERE trip_sequence = ?1 AND state = ?2");

  sqlite::Statement select_mark = prepare("SELECT id, era, commits FROM ledger_identity");
  sqlite::Statement select_witnessed = prepare("SELECT witnessed FROM ledger_identity");
  sqlite::Statement insert_identity =
      prepare("INSERT INTO ledger_identity (only, id, created_at_ms) VALUES (1, ?1, ?2)");
  sqlite::Statement count_commits = prepare("UPDATE ledger_identity SET commits = ?1");
  sqlite::Statement note_witness =
      prepare("UPDATE ledger_identity SET witnessed = 1 WHERE witnessed = 0");
  sqlite::Statement begin_era = prepare("UPDATE ledger_identity SET era = max(era, ?1) + 1");
  sqlite::Statement last_gap = prepare(
      "SELECT witness_id, witness_era, witness_sequence FROM ledger_gap WHERE kind <> 4"
      " ORDER BY id DESC LIMIT 1");
  sqlite::Statement insert_gap = prepare(
      "INSERT INTO ledger_gap (kind, found_at_ms, witness_id, witness_era, witness_sequence,"
      " sequence) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?1 <> 4 OR NOT EXISTS"
      " (SELECT 1 FROM ledger_gap WHERE kind = 4 AND accepted_at_ms IS NULL)");
  sqlite::Statement withhold = prepare(
      "UPDATE settlement SET withheld = 1 WHERE withheld = 0"
      " AND state IN (1, 2, 3, 4, 5, 6, 13, 15, 16)");
  sqlite::Statement hand_back = prepare(
      "UPDATE settlement SET withheld = 0 WHERE trip_sequence IN (SELECT trip_sequence"
      " FROM settlement INDEXED BY settlement_withheld WHERE withheld = 1 LIMIT ?1)");
  sqlite::Statement accept_gaps =
      prepare("UPDATE ledger_gap SET accepted_at_ms = ?1 WHERE accepted_at_ms IS NULL");

 private:
  [[nodiscard]] sqlite::Statement prepare(std::string sql) const {
    return {database.handle(), std::move(sql)};
  }
};

}  // namespace gatehouse::store
