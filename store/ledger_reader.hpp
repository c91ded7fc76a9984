#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "store/ledger_records.hpp"
#include "store/result.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store {

/// Reads ledger.db beside the writer, over a read-only connection of its own, and never blocks it.
/// Not thread-safe: each thread opens its own.
class LedgerReader {
 public:
  [[nodiscard]] static Result<LedgerReader> open(const std::filesystem::path& file);

  enum class Order { oldest_first, newest_first };

  /// Pending deliveries whose time has come. A next attempt further away than `wait_max` counts as
  /// due: the wall clock has jumped, and nothing may be stuck behind that. A payment record is not
  /// due while an earlier delivery of its trip is pending (order within a trip). With payload.
  [[nodiscard]] Result<std::vector<Delivery>> due_deliveries(WallTime now, milliseconds wait_max,
                                                             Order order, std::size_t limit);

  /// Settlements in a `_due` or `_unknown` state whose time has come, oldest trip first.
  [[nodiscard]] Result<std::vector<Settlement>> due_settlements(WallTime now,
                                                                milliseconds wait_max,
                                                                std::size_t limit);

  /// When the next pending delivery or due settlement comes due; nullopt: nothing waits.
  [[nodiscard]] Result<std::optional<WallTime>> next_due();

  [[nodiscard]] Result<std::optional<TripView>> trip(std::string_view trip_id);

  /// A page of deliveries, by id, after `after_id`, without payloads; all states if none is given.
  [[nodiscard]] Result<std::vector<Delivery>> deliveries(std::optional<DeliveryState> state,
                                                         std::int64_t after_id, std::size_t limit);

  [[nodiscard]] Result<LedgerCounts> counts();

 private:
  explicit LedgerReader(sqlite::Database database);
  sqlite::Database database_;
};

}  // namespace gatehouse::store
