#include "store/ledger/salvage/table_salvage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "store/ledger/records/settlement.hpp"
#include "store/ledger/verify/record_rules.hpp"

namespace gatehouse::store {
namespace {

using sqlite::StoredBlob;
using sqlite::StoredValue;
using sqlite::TableShape;
using Rows = Losses::Rows;

constexpr std::size_t digest_bytes = 32;
/// Row ids of which many were used up for records that were replaced since: Gatehouse-Sequence.
constexpr std::int64_t sparse_max = 64;
constexpr std::int64_t spare_ids = 4'096;
constexpr std::int64_t ids_in_a_page = 256;
constexpr std::string_view of_digest = "_sha256";

/// Tables in which no row is ever deleted, and whose ids count up by one.
bool has_every_id(const TableShape& table) {
  return table.name == "trip";
}
bool is_by_trip(const TableShape& table) {
  return std::ranges::any_of(table.columns, [](const sqlite::ColumnShape& column) {
    return column.is_row_id && column.name == "trip_sequence";
  });
}

void sort_once(Rows& rows) {
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
}

/// The rows that any index names.
Result<Rows> named_rows(DamagedFile& from, const TableShape& table) {
  Rows named;
  for (const sqlite::IndexShape& index : table.indexes) {
    Result<> read = from.entries(table, index,
                                 [&named](std::int64_t row, const auto&) { named.push_back(row); });
    if (!read) return propagate(std::move(read));
  }
  sort_once(named);
  return named;
}

/// What damage may have made of an id that an index names is left aside: nobody searches for rows
/// up to 2^50. Where no index can be read, its length says how many rows a file may have.
std::int64_t plausible_max(const Rows& named, std::int64_t pages) {
  return std::max(sparse_max * std::ssize(named) + spare_ids, ids_in_a_page * pages);
}

/// The same of what is on record beside the rows, whatever became of the indexes.
std::int64_t possible_max(const TableShape& table, std::int64_t plausible, std::int64_t pages) {
  const std::int64_t sparse = has_every_id(table) ? 1 : sparse_max;
  return std::max(plausible, sparse * ids_in_a_page * pages);
}

/// `given` is 0 where it is not known.
std::int64_t highest_of(std::int64_t given, bool is_by_trips, std::int64_t trips, const Rows& named,
                        std::int64_t plausible) {
  const auto above = std::ranges::upper_bound(named, plausible);
  const std::int64_t highest = above == named.begin() ? 0 : *std::prev(above);
  return std::max({highest, given, is_by_trips ? trips : 0});
}

void add_ranges(const Rows& rows, std::vector<NumberRange>& ranges) {
  for (const std::int64_t row : rows) {
    if (!ranges.empty() && ranges.back().last + 1 == row) {
      ranges.back().last = row;
    } else if (ranges.size() < SalvageReport::listed_max) {
      ranges.push_back({row, row});
    }
  }
}

/// Those that are in neither of the two.
Rows without(const Rows& rows, Rows taken, Rows left_out) {
  sort_once(taken);
  sort_once(left_out);
  Rows first;
  Rows both;
  std::ranges::set_difference(rows, taken, std::back_inserter(first));
  std::ranges::set_difference(first, left_out, std::back_inserter(both));
  return both;
}

/// Of one table.
struct Taking {
  const TableShape& table;
  NewLedgerFile& into;
  Losses& losses;
  SalvageReport& report;
  SalvagedTable done{};
  Rows taken{};

  void note(std::int64_t row, std::string what) {
    if (report.notes.size() < SalvageReport::listed_max) {
      report.notes.push_back({table.name, row, std::move(what)});
    } else {
      ++report.notes_more;
    }
  }
  StoredValue& value(SalvagedRow& row, std::string_view column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].name == column) return row.values[i];
    }
    return row.values.front();
  }
  void fill_unread(SalvagedRow& row);
  void note_refunded_trip(SalvagedRow& row);
  [[nodiscard]] bool accept_numbers(SalvagedRow& row);
  [[nodiscard]] Result<> take(SalvagedRow row);
};

/// What could not be read is nothing, and bytes beside it are told from those that were recorded.
void Taking::fill_unread(SalvagedRow& row) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const sqlite::ColumnShape& column = table.columns[i];
    if (column.is_row_id) row.values[i] = row.id;
    if (std::ranges::find(row.unread, column.name) == row.unread.end()) continue;
    const bool is_digest = column.name.ends_with(of_digest);
    const bool has_digest = std::ranges::any_of(table.columns, [&](const auto& each) {
      return each.name == column.name + std::string(of_digest);
    });
    if (has_digest)
      value(row, column.name + std::string(of_digest)) =
          StoredBlob{std::string(digest_bytes, '\0')};
    if (is_digest) row.values[i] = StoredBlob{std::string(digest_bytes, '\0')};
    if (!column.not_null || is_digest || column.is_row_id) continue;
    row.values[i] = column.type == "INTEGER" ? StoredValue(std::int64_t{0})
                    : column.type == "TEXT"  ? StoredValue(std::string())
                                             : StoredValue(StoredBlob{});
  }
}

void Taking::note_refunded_trip(SalvagedRow& row) {
  const auto* trip = std::get_if<std::int64_t>(&value(row, "trip_sequence"));
  const bool is_known = trip != nullptr && *trip > 0 && *trip <= losses.highest["trip"];
  if (is_known) losses.refunded_trips.insert(*trip);
}

/// False: it is left out.
bool Taking::accept_numbers(SalvagedRow& row) {
  const std::string unknown = unknown_number_in(table, row.values);
  if (unknown.empty()) return true;
  note(row.id, fmt::format("{} had a number that stands for nothing", unknown));
  if (table.name != "settlement") return false;
  value(row, "state") = static_cast<std::int64_t>(SettlementState::held);
  value(row, "held_from") = std::monostate{};
  value(row, "priced_by") = std::int64_t{0};
  losses.contradicted[table.name].push_back(row.id);
  return true;
}

Result<> Taking::take(SalvagedRow row) {
  if (!row.unread.empty()) {
    fill_unread(row);
    note(row.id, fmt::format("{} could not be read", fmt::join(row.unread, ", ")));
    losses.contradicted[table.name].push_back(row.id);  // what is filled in is not what was there
    losses.partly[table.name].push_back(row.id);
  }
  // What is left of a refund is no amount to count with: all of it is made anew.
  const bool is_refund = table.name == "refund";
  if ((is_refund && !row.unread.empty()) || !accept_numbers(row)) {
    if (is_refund) note_refunded_trip(row);
    ++done.left_out;
    losses.lost[table.name].push_back(row.id);
    return {};
  }
  const std::string changed = changed_bytes_in(table, row.values);
  if (!changed.empty()) {
    ++done.bytes_changed;
    losses.changed[table.name].push_back(row.id);
    if (row.unread.empty()) note(row.id, changed + " is not what was recorded");
  }
  auto refused = into.insert(table, row.values);
  if (!refused) return propagate(std::move(refused));
  if (*refused) {
    ++done.left_out;
    losses.lost[table.name].push_back(row.id);
    note(row.id, "it breaks a rule of its table: " + **refused);
    if (is_refund) note_refunded_trip(row);
    return {};
  }
  if (!row.unread.empty()) ++done.partly;
  ++done.taken;
  taken.push_back(row.id);
  return {};
}

/// The keys of what is lost, as the indexes have them.
Result<> keep_keys(DamagedFile& from, const TableShape& table, const Rows& lost, Losses& losses) {
  if (lost.empty()) return {};
  for (const sqlite::IndexShape& index : table.indexes) {
    auto& keys = losses.keys[index.name];
    Result<> read = from.entries(table, index, [&](std::int64_t row, sqlite::StoredValues found) {
      if (std::ranges::binary_search(lost, row)) keys.try_emplace(row, std::move(found));
    });
    if (!read) return read;
  }
  return {};
}

Result<> keep_contradicted(DamagedFile& from, std::int64_t highest, Taking& taking) {
  for (const sqlite::IndexShape& index : taking.table.indexes) {
    const auto rows = from.rows_not_in(taking.table, index, highest);
    if (!rows) return propagate(rows);
    for (const std::int64_t row : *rows) {
      taking.losses.contradicted[taking.table.name].push_back(row);
      taking.note(row, fmt::format("the index {} says something else of it", index.name));
    }
  }
  sort_once(taking.losses.contradicted[taking.table.name]);
  return {};
}

}  // namespace

Result<SalvagedTable> salvage_table(DamagedFile& from, const TableShape& table, std::int64_t trips,
                                    NewLedgerFile& into, Losses& losses, SalvageReport& report) {
  auto named = named_rows(from, table);
  if (!named) return propagate(std::move(named));
  const std::int64_t plausible = plausible_max(*named, from.pages());
  const std::int64_t possible = possible_max(table, plausible, from.pages());
  const auto unless_absurd = [&](std::int64_t id) { return id <= possible ? id : 0; };
  const std::int64_t given = unless_absurd(from.given_up_to(table));
  const auto last = from.last_row(table);
  if (!last) return propagate(last);
  // Of what is counted elsewhere too, a last row that damage has moved away tells less.
  const bool is_counted = given > 0 || (is_by_trip(table) && trips > 0);
  const std::int64_t highest = highest_of(is_counted ? given : unless_absurd(*last),
                                          is_by_trip(table), trips, *named, plausible);
  Taking taking{table, into, losses, report};
  taking.done.name = table.name;
  auto unread =
      from.read(table, highest, [&taking](SalvagedRow row) { return taking.take(std::move(row)); });
  if (!unread) return propagate(std::move(unread));
  named->erase(std::ranges::upper_bound(*named, highest), named->end());
  for (std::int64_t row = 1; has_every_id(table) && row <= highest; ++row) named->push_back(row);
  sort_once(*named);
  // Of rows in disorder, or below a wrong page, the tree tells nothing when they are gone through.
  Result<> read =
      from.read_each(table, without(*named, taking.taken, losses.lost[table.name]),
                     [&taking](SalvagedRow row) { return taking.take(std::move(row)); });
  if (!read) return propagate(std::move(read));
  sort_once(taking.taken);
  Rows& lost = losses.lost[table.name];
  std::ranges::set_difference(*named, taking.taken, std::back_inserter(lost));
  sort_once(lost);
  taking.done.lost = std::ssize(lost) - taking.done.left_out;
  add_ranges(lost, taking.done.lost_rows);
  taking.done.unread_rows = unread->rows;
  if (taking.done.unread_rows.size() > SalvageReport::listed_max) {
    taking.done.unread_rows.resize(SalvageReport::listed_max);
  }
  taking.done.has_unread_end = unread->has_unread_end;
  losses.highest[table.name] = std::max(highest, taking.taken.empty() ? 0 : taking.taken.back()) +
                               (given > 0 ? 0 : spare_ids);
  Result<> kept = keep_contradicted(from, highest, taking);
  Rows doubtful = losses.contradicted[table.name];
  doubtful.insert(doubtful.end(), lost.begin(), lost.end());
  sort_once(doubtful);
  if (kept) kept = keep_keys(from, table, doubtful, losses);
  if (!kept) return propagate(std::move(kept));
  return std::move(taking.done);
}

}  // namespace gatehouse::store
