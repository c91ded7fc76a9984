#include "store/ledger/ledger.hpp"

#include <fmt/format.h>

#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/file_header.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/schema_number.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/sha256.hpp"

namespace gatehouse::store {
namespace {

constexpr int differing_carts_max = 16;
constexpr std::string_view full_cart_followed =
    "an empty cart came first, and one with items after it: nothing was cancelled yet. `gatehouse "
    "trip charge ID AMOUNT CODE` and `trip release ID` charge it, `trip cancel ID` charges nothing";
// Another program may hold the file (a backup, a shell in a transaction). The ledger thread must
// turn meanwhile, and whoever has a cart is better told to come back than kept waiting.
constexpr milliseconds lock_wait_max{500};

// FULL: a commit returns once the log is on disk. The log is cut back after a checkpoint so that
// one large backlog does not hold the disk for ever.
constexpr const char* settings =
    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
    "PRAGMA journal_size_limit = 67108864";

/// Brings an opened file to where the first transaction may begin.
Result<> make_ready(sqlite::Database& database) {
  Result<> done = sqlite::refuse_newer(database, sql::ledger_migrations);
  if (done) done = database.use_write_ahead_log();
  if (done) done = database.execute(settings);
  // A listing, or a backup, must not keep carts out. Only a migration asks readers to leave.
  if (done) done = sqlite::migrate(database, sql::ledger_migrations, sqlite::LogAfter::copied);
  if (done) done = sync_folder(database.file().parent_path());
  return done;
}

/// What shows that the file itself is damaged, where SQLite says something else; ''.
std::string find_flaw(sqlite::Database& database) {
  if (std::string flaw = sqlite::header_flaw(database); !flaw.empty()) return flaw;
  const auto said = database.integer("PRAGMA user_version");
  const auto tables = sqlite::number_by_tables(database, sql::ledger_migrations);
  if (!tables && database.found_damage()) return "its list of tables cannot be read";
  if (!said || !tables || !*tables || *said == **tables) return "";
  return fmt::format("it gives its schema as number {}, and its tables are those of number {}",
                     *said, **tables);
}

/// Of a file that cannot be opened. Damage may look like a newer version, or like a defect.
Error explained(sqlite::Database& database, Error error) {
  if (error.remedy == Remedy::retry) return error;
  const bool is_known = database.found_damage();
  const std::string flaw = is_known ? "" : find_flaw(database);
  if (!is_known && flaw.empty()) return error;
  if (!flaw.empty()) {
    error.message =
        fmt::format("the file is damaged: {}. Keep a copy of it with its -wal and -shm", flaw);
  }
  error.message +=
      fmt::format(". `gatehouse ledger salvage {}` makes a new ledger of what can be read",
                  database.file().string());
  return error;
}

}  // namespace

Result<Ledger> Ledger::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file, sqlite::Access::create, lock_wait_max);
  if (!database) return propagate(std::move(database), "opening the ledger");
  auto schema = database->integer("PRAGMA user_version");
  Result<> ready = schema ? make_ready(*database) : propagate(schema);
  if (!ready) {
    return std::unexpected(explained(*database, std::move(ready.error()))
                               .with_context(fmt::format("opening the ledger {}", file.string())));
  }
  auto state = std::make_unique<State>(std::move(*database));
  Result<> known = state->read_mark();
  if (known) known = state->note_fresh(*schema == 0);
  if (!known) {
    return std::unexpected(
        explained(state->database_, std::move(known.error())).with_context("opening the ledger"));
  }
  return Ledger(std::move(state));
}

std::int64_t Ledger::newest_schema() noexcept {
  return std::ssize(sql::ledger_migrations);
}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

Result<> Ledger::begin() {
  state_->changes_before_ = state_->database_.total_changes();
  state_->mark_before_ = state_->mark_;
  state_->charge_intended_ = false;
  return state_->transactions_.begin_write.run();
}

Result<> Ledger::commit() {
  const Result<bool> counted = state_->count_commit();
  Result<> committed = counted ? state_->transactions_.commit.run() : propagate(counted);
  if (!committed) rollback();
  if (committed && *counted) ++state_->mark_.sequence;
  return committed;
}

void Ledger::rollback() noexcept {
  if (state_->database_.in_transaction()) (void)state_->transactions_.rollback.run();
  state_->mark_ = state_->mark_before_;
}

Result<> Ledger::attempt(std::move_only_function<bool()> work) {
  auto savepoint = sqlite::Savepoint::begin(state_->transactions_);
  if (!savepoint) return propagate(std::move(savepoint));
  const bool keep = work();
  // After some I/O errors SQLite rolls back everything by itself.
  if (!state_->database_.in_transaction()) {
    return failure(Remedy::retry, "the disk failed, and with it the whole transaction");
  }
  return keep ? savepoint->release() : savepoint->undo();
}

Result<> Ledger::probe() {
  auto version = state_->database_.integer("PRAGMA user_version");
  if (!version) return propagate(std::move(version));
  return state_->database_.execute(fmt::format("PRAGMA user_version = {}", *version));
}

Result<CartReceipt> Ledger::append(const NewCart& cart) {
  const auto read = [](const sqlite::Rows& row) {
    return State::KnownTrip{row.integer(0), row.string(1), row.integer(2) == 1,
                            row.integer(3) == 1};
  };
  const std::string fingerprint = cart.fingerprint.empty() ? sha256(cart.body) : cart.fingerprint;
  auto known =
      state_->find_trip_.first(read, std::string_view(cart.trip_id), sqlite::Blob{fingerprint});
  if (!known) return propagate(std::move(known), "looking for the trip of a cart");
  if (*known && !(*known)->is_named) {
    return failure(Remedy::repair, names_another_trip);
  }
  if (*known) return state_->compare_cart(cart, fingerprint, std::move(**known));

  return state_->atomically("recording a cart",
                            [&] { return state_->insert_cart(cart, fingerprint); });
}

Result<CartReceipt> Ledger::State::insert_cart(const NewCart& cart, std::string_view fingerprint) {
  const std::string digest = sha256(cart.body);
  Result<> done =
      insert_trip_.run(std::string_view(cart.trip_id), std::string_view(cart.purchase_id),
                       cart.entry, cart.started_at, cart.received_at, sqlite::Blob{fingerprint},
                       sqlite::Blob{cart.body}, sqlite::Blob{digest});
  if (!done) return propagate(std::move(done));
  const std::int64_t sequence = database_.last_insert_id();
  if (!cart.store_id.empty()) {
    done = insert_trip_store_.run(sequence, std::string_view(cart.store_id));
    if (!done) return propagate(std::move(done));
  }

  const std::string key = delivery_key(cart.trip_id, DeliveryKind::cart);
  const std::optional<sqlite::Blob> no_payload;  // its bytes are trip.cart
  done = insert_delivery_.run(sequence, DeliveryKind::cart, std::string_view(key), no_payload,
                              cart.received_at, no_payload);
  if (done && cart.first_settlement) done = insert_settlement(sequence, cart);
  if (!done) return propagate(std::move(done));
  return CartReceipt{CartOutcome::recorded, cart.purchase_id, sequence};
}

Result<CartReceipt> Ledger::State::compare_cart(const NewCart& cart, std::string_view fingerprint,
                                                KnownTrip known) {
  CartReceipt receipt{CartOutcome::repeated, std::move(known.purchase_id), known.sequence};
  if (known.same_cart) return receipt;
  receipt.outcome = CartOutcome::differing;
  return atomically("keeping a differing cart",
                    [&] { return keep_differing_cart(cart, fingerprint, receipt); });
}

Result<CartReceipt> Ledger::State::keep_differing_cart(const NewCart& cart,
                                                       std::string_view fingerprint,
                                                       CartReceipt receipt) {
  const bool after_empty = receipt.purchase_id.empty() && !cart.purchase_id.empty();
  Result<> kept =
      insert_differing_cart_.run(receipt.sequence, cart.received_at, sqlite::Blob{fingerprint},
                                 sqlite::Blob{cart.body}, differing_carts_max, after_empty);
  if (kept && after_empty) kept = hold_cancel(receipt.sequence, cart.received_at);
  if (!kept) return propagate(std::move(kept));
  return receipt;
}

Result<> Ledger::State::hold_cancel(std::int64_t trip_sequence, WallTime at) {
  Result<> held = hold_cancel_.run(trip_sequence, at, full_cart_followed);
  if (!held || database_.changes() == 0) return held;
  held = insert_history_.run(trip_sequence, at, SettlementState::held, full_cart_followed);
  if (held) held = note_question_.run(trip_sequence, at);
  return held;
}

Result<> Ledger::State::insert_settlement(std::int64_t trip_sequence, const NewCart& cart) {
  const SettlementState state = *cart.first_settlement;
  Result<> done = insert_settlement_.run(trip_sequence, state, cart.started_at, cart.received_at,
                                         milliseconds(gap_clock_tolerance).count(),
                                         milliseconds(birth_tolerance).count(),
                                         milliseconds(birth_doubt_max).count());
  if (!done) return done;
  done = insert_history_.run(trip_sequence, cart.received_at, state, std::string_view());
  if (done) done = note_question_.run(trip_sequence, cart.received_at);  // it may be withheld
  return done;
}

Result<> Ledger::record_attempt(const DeliveryAttempt& attempt) {
  return state_->atomically("recording an attempt at a delivery",
                            [&] { return state_->update_delivery(attempt); });
}

Result<> Ledger::State::update_delivery(const DeliveryAttempt& attempt) {
  struct Found {
    std::int64_t trip_sequence;
    DeliveryState state;
    DeliveryKind kind;
  };
  const auto read = [](const sqlite::Rows& row) {
    return Found{row.integer(0), row.enumeration<DeliveryState>(1),
                 row.enumeration<DeliveryKind>(2)};
  };
  auto found = find_delivery_.first(read, attempt.delivery_id);
  if (!found) return propagate(std::move(found));
  if (!*found) {
    return failure(Remedy::reject, fmt::format("there is no delivery {}", attempt.delivery_id));
  }
  const auto& [trip_sequence, state, kind] = **found;
  const bool pending = attempt.state == DeliveryState::pending;
  const WallTime next_attempt_at = pending ? attempt.next_attempt_at : attempt.at;
  const auto finished_at = pending ? std::nullopt : std::optional(attempt.at);
  const bool is_refused = attempt.state == DeliveryState::set_aside && attempt.refused_status != 0;
  const auto refused = is_refused ? std::optional(attempt.refused_status) : std::nullopt;
  Result<> updated = record_attempt_.run(
      attempt.delivery_id, attempt.state, next_attempt_at, finished_at,
      std::string_view(attempt.reason), attempt.unclear, attempt.conflict == KeyConflict::open,
      attempt.conflict == KeyConflict::certain, attempt.at, refused, attempt.counts);
  if (updated && state != attempt.state) updated = renew_order_.run(trip_sequence);
  if (updated && kind == DeliveryKind::open_question) updated = renew_question_.run(trip_sequence);
  if (updated && attempt.unclear) updated = doubt_refund_.run(attempt.delivery_id);
  if (!updated || attempt.state != DeliveryState::delivered) return updated;
  if (!attempt.refund_record.empty()) updated = add_refund_record(attempt);
  if (updated && attempt.decision) {
    updated = take_decision(trip_sequence, *attempt.decision, kind, attempt.at);
  }
  if (!updated) return updated;
  if (attempt.charge || attempt.grant.settled_elsewhere) {
    updated = take_answer(trip_sequence, attempt);
    if (!updated || attempt.charge) return updated;
  }
  if (attempt.reason.empty()) return updated;
  return explain_price(trip_sequence, attempt.reason, attempt.at);
}

Result<> Ledger::State::add_delivery(std::int64_t trip_sequence, DeliveryKind kind,
                                     std::string_view key, std::string_view payload, WallTime at) {
  const auto known = has_delivery(trip_sequence, key);
  if (!known || *known) return known ? Result<>{} : propagate(known);
  const std::string digest = sha256(payload);
  return insert_delivery_.run(trip_sequence, kind, key, std::optional(sqlite::Blob{payload}), at,
                              std::optional(sqlite::Blob{digest}));
}

Result<bool> Ledger::State::has_delivery(std::int64_t trip_sequence, std::string_view key) {
  const auto recorded = count_of_key_.first(sqlite::read_number, trip_sequence, key);
  if (!recorded) return propagate(recorded);
  return recorded->value_or(0) > 0;
}

Result<> Ledger::set_aside_damaged(std::int64_t delivery_id, std::string_view reason, WallTime at) {
  return state_->atomically("setting a damaged delivery aside",
                            [&] { return state_->put_aside(delivery_id, reason, at); });
}

Result<> Ledger::State::put_aside(std::int64_t delivery_id, std::string_view reason, WallTime at) {
  auto trip = set_aside_damaged_.first(sqlite::read_number, delivery_id, at, reason);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) {
    return failure(Remedy::reject, fmt::format("there is no pending delivery {}", delivery_id));
  }
  // It may have left before its bytes were damaged: a refund counts until a person says otherwise.
  Result<> done = doubt_refund_.run(delivery_id);
  if (done) done = renew_order_.run(**trip);
  if (done) done = renew_question_.run(**trip);
  return done;
}

Result<bool> Ledger::retry(std::int64_t delivery_id, WallTime at) {
  return state_->atomically("retrying a delivery",
                            [&] { return state_->make_due(delivery_id, at); });
}

Result<bool> Ledger::State::make_due(std::int64_t delivery_id, WallTime at) {
  auto allowed = may_retry_refund(delivery_id);
  if (!allowed || !*allowed) return allowed;
  auto trip = retry_delivery_.first(sqlite::read_number, delivery_id, at);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) return false;
  Result<> renewed = renew_order_.run(**trip);
  if (renewed) renewed = renew_question_.run(**trip);
  if (!renewed) return propagate(std::move(renewed));
  return true;
}

}  // namespace gatehouse::store
