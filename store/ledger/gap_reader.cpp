#include "store/ledger/gap_reader.hpp"

#include <utility>

#include "store/sql/ledger_sql.hpp"

namespace gatehouse::store {
namespace {

LedgerGap read_gap(const sqlite::Rows& row) {
  return {row.enumeration<GapKind>(0), row.time(1),
          LedgerMark{row.string(2), row.integer(3), row.integer(4)}, row.integer(5)};
}

LedgerMark read_mark(const sqlite::Rows& row) {
  return {row.string(0), row.integer(1), row.integer(2)};
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

GapReader::GapReader(sqlite3* connection)
    : select_mark_(connection, ledger_sql::select_mark),
      open_gap_(connection, ledger_sql::open_gap),
      withheld_charges_(connection, ledger_sql::withheld_charges) {}

Result<> GapReader::count(LedgerCounts& counts) {
  auto mark = select_mark_.first(read_mark);
  if (!mark) return propagate(std::move(mark));
  counts.mark = mark->value_or(LedgerMark{});
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
