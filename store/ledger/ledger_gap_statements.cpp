#include "store/ledger/ledger_gap_statements.hpp"

#include <utility>

namespace gatehouse::store {
namespace {

// The gravest of those that nobody has accepted, of these the first one.
constexpr const char* select_open_gap =
    "SELECT kind, found_at_ms, witness_id, witness_era, witness_sequence, sequence"
    " FROM ledger_gap WHERE accepted_at_ms IS NULL ORDER BY kind = 4, id LIMIT 1";
constexpr const char* select_withheld_charges =
    "SELECT count(*), sum(amount_minor), currency FROM settlement"
    " INDEXED BY settlement_withheld WHERE withheld = 1 GROUP BY currency";

LedgerGap read_gap(const sqlite::Rows& row) {
  return {row.enumeration<GapKind>(0), row.time(1),
          LedgerMark{row.string(2), row.integer(3), row.integer(4)}, row.integer(5)};
}

struct Sum {
  std::int64_t count = 0;
  std::optional<Money> amount;
};

Sum read_sum(const sqlite::Rows& row) {
  if (row.is_null(2)) return {row.integer(0), std::nullopt};
  return {row.integer(0), Money{row.integer(1), row.string(2)}};
}

}  // namespace

GapStatements::GapStatements(sqlite3* connection)
    : open_gap_(connection, select_open_gap),
      withheld_charges_(connection, select_withheld_charges) {}

Result<> GapStatements::count(LedgerCounts& counts) {
  auto gap = open_gap_.first(read_gap);
  if (!gap) return propagate(std::move(gap));
  counts.gap = std::move(*gap);
  auto sums = withheld_charges_.all(read_sum);
  if (!sums) return propagate(std::move(sums));
  for (Sum& each : *sums) {
    counts.withheld.count += each.count;
    if (!each.amount) counts.withheld.without_price += each.count;
    if (each.amount) counts.withheld.sums.push_back(std::move(*each.amount));
  }
  return {};
}

}  // namespace gatehouse::store
