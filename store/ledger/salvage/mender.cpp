#include "store/ledger/salvage/mender.hpp"

#include <fmt/format.h>

#include <utility>

#include "store/ledger/delivery_key.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/ledger/salvage/refund_doubt.hpp"
#include "store/sql/ledger_sql.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {
namespace {

using Rows = Losses::Rows;

constexpr std::string_view lost_charge =
    "lost when the ledger was salvaged: whether it was made is not known";
constexpr std::string_view two_words =
    "two rows of the salvaged ledger contradict each other about it: whether it was made is not "
    "known";
constexpr std::string_view read_in_part =
    "only a part of it could be read: neither whether it was made nor whether the cloud said that "
    "it was charged elsewhere is known";
constexpr std::string_view lost_delivery =
    "lost when the ledger was salvaged: whether it was delivered is not known";
constexpr std::string_view changed_bytes =
    "its bytes are not those that were recorded, so it is not sent";
constexpr std::string_view unknown_trip =
    "the id of its trip was lost when the ledger was salvaged";

struct TripAndText {
  std::int64_t trip = 0;
  std::string text;
};
struct TwoRows {
  std::int64_t one = 0;
  std::int64_t trip = 0;
};
TripAndText read_trip(const sqlite::Rows& row) {
  return {row.integer(0), row.string(1)};
}
TwoRows read_two(const sqlite::Rows& row) {
  return {row.integer(0), row.integer(1)};
}

class Mender {
 public:
  Mender(sqlite::Database& database, const Losses& losses, WallTime now, std::string_view store_id,
         PurchaseIdOf& purchase_id, SalvageReport& report)
      : database_(database),
        losses_(losses),
        now_(now),
        store_id_(store_id),
        purchase_id_(purchase_id),
        report_(report) {}

  [[nodiscard]] Result<> mend_all() {
    Result<> done = reserve();  // before a stand-in takes a number of a lost row
    if (done) done = mend_trips();
    if (done) done = mend_charges();
    if (done) done = mend_deliveries();
    if (done) done = mend_refunds();
    if (done) done = mend_carts();  // new numbers last
    if (done) done = mend_bytes();
    if (done) done = hold_unknown_trips();
    if (done) done = renew();
    if (done) done = name_trips();
    return done;
  }

 private:
  [[nodiscard]] sqlite::Statement statement(const sqlite::NamedStatement& named) {
    return {database_.handle(), named};
  }
  template <class... Values>
  [[nodiscard]] Result<> run(const sqlite::NamedStatement& named, const Values&... values) {
    auto once = statement(named);
    return once.run(values...);
  }
  template <class Read, class... Values>
  [[nodiscard]] auto all(const sqlite::NamedStatement& named, const Read& read,
                         const Values&... values) {
    auto once = statement(named);
    return once.all(read, values...);
  }

  Result<> mend_trips();
  Result<> mend_trip(std::int64_t trip);
  Result<std::string> id_of(std::int64_t trip);
  Result<> mend_charges();
  Result<> hold(std::int64_t trip, const sqlite::NamedStatement& how, std::string_view reason);
  Result<> mend_deliveries();
  Result<> mend_delivery(std::int64_t id);
  Result<> stand_in(std::optional<std::int64_t> id, std::int64_t trip, DeliveryKind kind,
                    DeliveryState state, const std::string& key);
  Result<> mend_refunds();
  Result<> mend_carts();
  Result<> mend_refund(std::int64_t id);
  Result<> count_bare_refunds();
  Result<> count_refund(std::int64_t delivery, std::int64_t trip);
  Result<> mend_bytes();
  Result<> hold_unknown_trips();
  Result<> renew();
  Result<> reserve();
  Result<> name_trips();

  sqlite::Database& database_;
  const Losses& losses_;
  WallTime now_;
  std::string_view store_id_;
  PurchaseIdOf& purchase_id_;
  SalvageReport& report_;
  std::set<std::int64_t> touched_;  ///< trips
  std::set<std::int64_t> unknown_;  ///< of those: their ids are lost
};

Result<std::string> Mender::id_of(std::int64_t trip) {
  std::string id = losses_.text_of("sqlite_autoindex_trip_1", trip, 0);
  if (!id.empty()) return id;
  auto key = statement(ledger_sql::key_of_lost_cart).first(sqlite::read_text, trip);
  if (!key) return propagate(std::move(key));
  constexpr std::string_view suffix = ":cart";
  const std::string found = key->value_or("");
  const bool tells = found.ends_with(suffix) && !found.starts_with("sha256-");
  return tells ? found.substr(0, found.size() - suffix.size()) : "";
}

Result<> Mender::mend_trip(std::int64_t trip) {
  auto id = id_of(trip);
  if (!id) return propagate(std::move(id));
  auto store = statement(ledger_sql::store_of_lost_trip).first(sqlite::read_text, trip);
  if (!store) return propagate(std::move(store));
  touched_.insert(trip);
  for (const bool is_known : {!id->empty(), false}) {
    const std::string name = is_known ? *id : fmt::format("lost:{}", trip);
    const std::string purchase =
        is_known ? purchase_id_(store->value_or(std::string(store_id_)), name) : "";
    Result<> made = run(ledger_sql::insert_lost_trip, trip, std::string_view(name),
                        std::string_view(purchase), now_, Entry::card);
    if (made && !is_known) unknown_.insert(trip);
    if (made) ++report_.stand_ins;
    if (made || made.error().remedy == Remedy::retry || !is_known) return made;
    // Another row has that id: this one has none that it could be asked for by.
  }
  return {};
}

Result<> Mender::mend_trips() {
  const auto missing = all(ledger_sql::trips_not_there, sqlite::read_number);
  if (!missing) return propagate(missing);
  std::set<std::int64_t> wanted(missing->begin(), missing->end());
  // And those of which lost rows tell alone, which get stand-ins.
  for (const std::int64_t trip : losses_.lost_of("settlement")) wanted.insert(trip);
  wanted.insert(losses_.refunded_trips.begin(), losses_.refunded_trips.end());
  for (const auto& [table, index] :
       {std::pair("delivery", "delivery_by_trip"), std::pair("refund", "refund_by_trip")}) {
    for (const std::int64_t row : losses_.lost_of(table)) {
      if (const auto trip = losses_.number_of(index, row, 0)) wanted.insert(*trip);
    }
  }
  auto id_of_trip = statement(ledger_sql::trip_of_sequence);
  for (const std::int64_t trip : wanted) {
    const auto there = id_of_trip.first(sqlite::read_text, trip);
    if (!there) return propagate(there);
    if (*there) continue;
    if (Result<> mended = mend_trip(trip); !mended) return mended;
  }
  return {};
}

Result<> Mender::hold(std::int64_t trip, const sqlite::NamedStatement& how,
                      std::string_view reason) {
  touched_.insert(trip);
  Result<> held = run(how, trip, reason, now_);
  if (!held || database_.changes() == 0) return held;
  return run(ledger_sql::insert_history, trip, now_, SettlementState::held, reason);
}

Result<> Mender::mend_charges() {
  const auto contradicted = all(ledger_sql::contradicted_charges, sqlite::read_number);
  auto lost = all(ledger_sql::charges_not_there, sqlite::read_number);
  if (!contradicted) return propagate(contradicted);
  if (!lost) return propagate(std::move(lost));
  const auto more = losses_.lost_of("settlement");
  lost->insert(lost->end(), more.begin(), more.end());
  std::set<std::int64_t> doubtful(contradicted->begin(), contradicted->end());
  for (const char* table : {"settlement", "trip"}) {
    const Rows found = Losses::of(losses_.contradicted, table);
    doubtful.insert(found.begin(), found.end());
  }
  for (const std::int64_t trip : *lost) {
    Result<> held = hold(trip, ledger_sql::insert_lost_charge, lost_charge);
    if (!held) return held;
    ++report_.stand_ins;
  }
  for (const std::int64_t trip : doubtful) {
    Result<> held = hold(trip, ledger_sql::hold_contradicted, two_words);
    if (!held) return held;
  }
  Result<> done;
  for (const std::int64_t trip : Losses::of(losses_.partly, "settlement")) {
    if (done) done = run(ledger_sql::withhold_read_in_part, trip, read_in_part);
  }
  return done;
}

Result<> Mender::stand_in(std::optional<std::int64_t> id, std::int64_t trip, DeliveryKind kind,
                          DeliveryState state, const std::string& key) {
  touched_.insert(trip);
  for (const std::string& name : {key, fmt::format("lost:{}:{}", trip, id.value_or(0))}) {
    Result<> made = run(ledger_sql::insert_lost_delivery, id, trip, kind, state,
                        std::string_view(name), now_, lost_delivery);
    if (!made) return made;
    if (database_.changes() > 0) {
      ++report_.stand_ins;
      return {};
    }
  }
  return {};
}

Result<> Mender::mend_delivery(std::int64_t id) {
  const auto trip = losses_.number_of("delivery_by_trip", id, 0);
  if (!trip) return {};  // nothing tells whose it was: the report has its number
  const auto state = losses_.number_of("delivery_by_state", id, 0);
  const auto kind = losses_.number_of("delivery_by_state", id, 3);
  std::string key = losses_.text_of("sqlite_autoindex_delivery_1", id, 0);
  if (key.empty()) key = fmt::format("lost:{}", id);
  const auto was = static_cast<DeliveryState>(state.value_or(0));
  const bool ended = was == DeliveryState::delivered || was == DeliveryState::withdrawn;
  const bool told = kind && numbers_of(DeliveryKind::cart).holds(*kind);
  const auto is = told ? static_cast<DeliveryKind>(*kind) : kind_of_key(key);
  const bool stays =
      ended && is != DeliveryKind::refund;  // one that is withdrawn counts for nothing
  return stand_in(id, *trip, is, stays ? was : DeliveryState::set_aside, key);
}

Result<> Mender::mend_deliveries() {
  for (const std::int64_t id : losses_.lost_of("delivery")) {
    if (Result<> mended = mend_delivery(id); !mended) return mended;
  }
  const auto bare = all(ledger_sql::refunds_without_delivery, read_two);
  if (!bare) return propagate(bare);
  Result<> done;
  for (const auto& [id, trip] : *bare) {
    const std::string key = fmt::format("lost:{}", id);
    if (done) done = stand_in(id, trip, DeliveryKind::refund, DeliveryState::set_aside, key);
  }
  return done;
}

Result<> Mender::mend_carts() {
  const auto without = all(ledger_sql::trips_without_cart, read_trip);
  if (!without) return propagate(without);
  for (const TripAndText& each : *without) {
    Result<> made = stand_in(std::nullopt, each.trip, DeliveryKind::cart, DeliveryState::set_aside,
                             delivery_key(each.text, DeliveryKind::cart));
    if (!made) return made;
  }
  return run(ledger_sql::forget_lost_forwarding);
}

Result<> Mender::count_refund(std::int64_t delivery, std::int64_t trip) {
  const std::string name = fmt::format("lost:{}", delivery);
  Result<> counted = hold(trip, ledger_sql::insert_lost_charge, lost_charge);  // if it has none
  if (!counted) return counted;
  ++report_.stand_ins;
  counted = run(ledger_sql::insert_lost_refund, trip, delivery, std::string_view(name),
                RefundReason::other);
  if (counted) counted = run(ledger_sql::set_aside_lost, delivery, now_, lost_delivery);
  return counted;
}

Result<> Mender::mend_refund(std::int64_t id) {
  const auto trip = losses_.number_of("refund_by_trip", id, 0);
  const auto delivery = losses_.number_of("sqlite_autoindex_refund_2", id, 0);
  if (!trip || !delivery) return {};
  return stand_in(delivery, *trip, DeliveryKind::refund, DeliveryState::set_aside,
                  fmt::format("lost:{}", *delivery));
}

Result<> Mender::mend_refunds() {
  for (const std::int64_t id : losses_.lost_of("refund")) {
    if (Result<> mended = mend_refund(id); !mended) return mended;
  }
  if (Result<> counted = count_bare_refunds(); !counted) return counted;
  const auto doubted = trips_with_refund_in_doubt(database_, losses_, now_, two_words);
  if (!doubted) return propagate(doubted);
  for (const std::int64_t trip : *doubted) {
    Result<> made = stand_in(std::nullopt, trip, DeliveryKind::refund, DeliveryState::set_aside,
                             fmt::format("lost:{}:refund", trip));
    if (!made) return made;
  }
  return count_bare_refunds();
}

Result<> Mender::count_bare_refunds() {
  const auto bare = all(ledger_sql::deliveries_without_refund, read_two);
  if (!bare) return propagate(bare);
  for (const TwoRows& each : *bare) {
    if (Result<> counted = count_refund(each.one, each.trip); !counted) return counted;
  }
  return {};
}

Result<> Mender::mend_bytes() {
  const auto each_of = [this](const std::map<std::string, Rows>& kind, const char* table,
                              const sqlite::NamedStatement& how, bool is_trip) -> Result<> {
    for (const std::int64_t row : Losses::of(kind, table)) {
      if (is_trip) touched_.insert(row);
      if (Result<> done = run(how, row, now_, changed_bytes); !done) return done;
    }
    return {};
  };
  Result<> done = each_of(losses_.changed, "trip", ledger_sql::set_aside_lost_cart, true);
  if (done) done = each_of(losses_.changed, "delivery", ledger_sql::set_aside_lost, false);
  // An index says something else of it: perhaps that it was delivered.
  if (done) done = each_of(losses_.contradicted, "delivery", ledger_sql::set_aside_lost, false);
  if (done) done = run(ledger_sql::doubt_lost_refunds);
  return done;
}

Result<> Mender::hold_unknown_trips() {
  for (const std::int64_t trip : unknown_) {
    Result<> held = hold(trip, ledger_sql::hold_unknown_trip, unknown_trip);
    if (!held) return held;
  }
  return {};
}

Result<> Mender::renew() {
  Result<> done = run(ledger_sql::clear_lanes);
  if (done) done = run(ledger_sql::renew_all_questions);
  const auto pending = all(ledger_sql::trips_with_pending, sqlite::read_number);
  if (!pending) return propagate(pending);
  auto renew_order = statement(ledger_sql::renew_order);
  for (const std::int64_t trip : *pending) {
    if (done) done = renew_order.run(trip);
  }
  return done;
}

Result<> Mender::reserve() {
  Result<> done = run(ledger_sql::outdate_decisions);
  for (const std::string_view table : {"trip", "delivery", "refused_cart"}) {  // AUTOINCREMENT
    const auto found = losses_.highest.find(std::string(table));
    if (found == losses_.highest.end() || found->second == 0) continue;
    if (done) done = run(ledger_sql::reserve_numbers, table, found->second);
    if (done) done = run(ledger_sql::skip_given_numbers, table, found->second);
  }
  return done;
}

/// Also those of which a row is lost that has no stand-in.
Result<> Mender::name_trips() {
  const std::pair<const char*, const char*> by_trip[] = {
      {"settlement_history", "settlement_history_by_trip"},
      {"differing_cart", "sqlite_autoindex_differing_cart_1"}};
  for (const auto& [table, index] : by_trip) {
    for (const std::int64_t row : losses_.lost_of(table)) {
      if (const auto trip = losses_.number_of(index, row, 0)) touched_.insert(*trip);
    }
  }
  for (const std::int64_t trip : losses_.lost_of("trip")) touched_.insert(trip);
  auto id_of_trip = statement(ledger_sql::trip_of_sequence);
  for (const std::int64_t trip : touched_) {
    auto id = id_of_trip.first(sqlite::read_text, trip);
    if (!id) return propagate(std::move(id));
    std::string name = id->value_or(losses_.text_of("sqlite_autoindex_trip_1", trip, 0));
    if (name.empty()) name = fmt::format("lost:{}", trip);
    if (report_.trips.size() < SalvageReport::listed_max) {
      report_.trips.push_back(std::move(name));
    } else {
      ++report_.trips_more;
    }
  }
  return {};
}

}  // namespace

Result<> mend(const std::filesystem::path& file, const Losses& losses, WallTime now,
              std::string_view store_id, PurchaseIdOf& purchase_id, SalvageReport& report) {
  auto database = sqlite::Database::open(file, sqlite::Access::create);
  if (!database) return propagate(std::move(database));
  sqlite::TransactionStatements statements(*database);
  auto transaction =
      sqlite::Transaction::begin(*database, statements, sqlite::Transaction::Kind::write);
  if (!transaction) return propagate(std::move(transaction));
  Mender mender(*database, losses, now, store_id, purchase_id, report);
  if (Result<> mended = mender.mend_all(); !mended) return mended;
  return transaction->commit();
}

}  // namespace gatehouse::store
