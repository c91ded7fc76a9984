#include "store/ledger/salvage/refund_doubt.hpp"

#include <utility>
#include <vector>

#include "store/sql/ledger_sql.hpp"

namespace gatehouse::store {
namespace {

struct TwoTrips {
  std::int64_t delivery = 0;
  std::int64_t of_refund = 0;
  std::int64_t of_delivery = 0;
};
TwoTrips read_trips(const sqlite::Rows& row) {
  return {row.integer(0), row.integer(1), row.integer(2)};
}

/// What lost and contradicted rows tell, by the index.
std::set<std::int64_t> trips_by_index(const Losses& losses) {
  std::set<std::int64_t> trips = losses.refunded_trips;
  for (const auto* kind : {&losses.lost, &losses.contradicted}) {
    for (const std::int64_t row : Losses::of(*kind, "refund")) {
      if (const auto trip = losses.number_of("refund_by_trip", row, 0)) trips.insert(*trip);
    }
  }
  // How much of them was captured is not known.
  const auto partly = Losses::of(losses.partly, "settlement");
  trips.insert(partly.begin(), partly.end());
  return trips;
}

Result<std::vector<TwoTrips>> contradicted(sqlite::Database& database, const Losses& losses) {
  sqlite::Statement strays(database.handle(), ledger_sql::refunds_of_two_trips);
  auto found = strays.all(read_trips);
  if (!found) return propagate(std::move(found));
  sqlite::Statement one(database.handle(), ledger_sql::trips_of_refund);
  for (const std::int64_t row : Losses::of(losses.contradicted, "refund")) {
    const auto told = one.first(read_trips, row);
    if (!told) return propagate(told);
    if (*told) found->push_back(**told);
  }
  return found;
}

}  // namespace

Result<std::set<std::int64_t>> trips_with_refund_in_doubt(sqlite::Database& database,
                                                          const Losses& losses, WallTime now,
                                                          std::string_view reason) {
  std::set<std::int64_t> told = trips_by_index(losses);
  const auto rows = contradicted(database, losses);
  if (!rows) return propagate(rows);
  sqlite::Statement set_aside(database.handle(), ledger_sql::set_aside_lost);
  for (const TwoTrips& each : *rows) {
    told.insert(each.of_refund);
    told.insert(each.of_delivery);
    if (Result<> done = set_aside.run(each.delivery, now, reason); !done) {
      return propagate(std::move(done));
    }
  }
  // One that is withdrawn counts for nothing else, and an index may say that it was delivered.
  sqlite::Statement doubt(database.handle(), ledger_sql::doubt_refund);
  for (const std::int64_t delivery : Losses::of(losses.contradicted, "delivery")) {
    if (Result<> done = doubt.run(delivery); !done) return propagate(std::move(done));
  }
  std::set<std::int64_t> trips;
  sqlite::Statement lacks(database.handle(), ledger_sql::lacks_lost_refund);
  for (const std::int64_t trip : told) {
    const auto found = lacks.first(sqlite::read_number, trip);
    if (!found) return propagate(found);
    if (*found) trips.insert(trip);
  }
  return trips;
}

}  // namespace gatehouse::store
