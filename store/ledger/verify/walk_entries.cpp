// An index, in its own order.
#include <fmt/format.h>

#include <compare>

#include "store/ledger/verify/walk_state.hpp"
#include "store/sqlite/walk_sql.hpp"

namespace gatehouse::store {
namespace {

constexpr std::int64_t entries_at_once = 64;

/// As SQLite orders what has the collation BINARY: NULL, numbers, text, blobs.
int order_of(const sqlite::StoredValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return 0;
  if (std::holds_alternative<std::string>(value)) return 2;
  if (std::holds_alternative<sqlite::StoredBlob>(value)) return 3;
  return 1;
}

std::strong_ordering compare(const sqlite::StoredValue& one, const sqlite::StoredValue& other) {
  if (order_of(one) != order_of(other)) return order_of(one) <=> order_of(other);
  if (const auto* text = std::get_if<std::string>(&one)) {
    return *text <=> std::get<std::string>(other);
  }
  if (const auto* blob = std::get_if<sqlite::StoredBlob>(&one)) {
    return blob->bytes <=> std::get<sqlite::StoredBlob>(other).bytes;
  }
  if (order_of(one) == 0) return std::strong_ordering::equal;
  return std::get<std::int64_t>(one) <=> std::get<std::int64_t>(other);
}

bool is_after(const WalkPlace& next, const WalkPlace& place) {
  if (!place.begun) return true;
  for (std::size_t i = 0; i < next.keys.size() && i < place.keys.size(); ++i) {
    const auto order = compare(next.keys[i], place.keys[i]);
    if (order != std::strong_ordering::equal) return order == std::strong_ordering::greater;
  }
  return next.row > place.row;
}

/// Entries that were read in one go.
struct TakenEntries {
  std::vector<std::int64_t> disagreeing{};  ///< their rows
  std::size_t told = 0;                     ///< of these: before the last entry that agrees
  WalkPlace last{};
};

/// Adds what comes; the entry that it cannot read, or that is out of order, is an error. A place is
/// taken from entries that agree with their rows: another one may claim to be far ahead.
Result<> take_entries(sqlite::Rows& rows, WalkPiece& piece, TakenEntries& taken) {
  while (true) {
    auto more = rows.next();
    if (!more) return propagate(std::move(more));
    if (!*more) return {};
    WalkPlace next{.table = piece.next.table, .part = piece.next.part, .begun = true};
    next.row = rows.integer(0);
    for (int column = 2; column < rows.columns(); ++column) next.keys.push_back(rows.value(column));
    if (!is_after(next, piece.next)) return failure(Remedy::repair, "they are not in their order");
    taken.last = next;
    ++piece.read.rows;
    if (rows.integer(1) == 0) {
      taken.disagreeing.push_back(next.row);
      continue;
    }
    piece.next = std::move(next);
    taken.told = taken.disagreeing.size();
  }
}

/// Those that disagree at the end come again behind the last one that agrees, where there is one.
void leave_the_end(WalkPiece& piece, const WalkPlace& place, TakenEntries& taken) {
  const bool agreed = piece.next.begun && (!place.begun || is_after(piece.next, place));
  if (agreed) taken.disagreeing.resize(taken.told);
  if (!agreed && piece.read.rows > 0) piece.next = taken.last;
}

}  // namespace

Result<WalkPiece> LedgerVerifier::State::read_entries() {
  const sqlite::IndexShape& index = table().indexes[place_.part - 1];
  WalkPiece piece{.next = place_};
  TakenEntries entries;
  Result<> taken;
  if (!place_.begun) {
    auto& statement = connection_->statement(sqlite::first_entries(table(), index));
    sqlite::Rows rows = statement.query(entries_at_once);
    taken = take_entries(rows, piece, entries);
  }
  for (std::size_t alike = index.keys.size() + 1; place_.begun && alike > 0; --alike) {
    auto after = sqlite::entries_after(table(), index, place_.keys, place_.row, alike - 1);
    after.values.emplace_back(entries_at_once);
    sqlite::Rows rows = connection_->statement(after.sql).query_with(after.values);
    taken = take_entries(rows, piece, entries);
    if (!taken || piece.read.rows > 0) break;
  }
  if (!taken && !is_damage(taken.error())) return propagate(std::move(taken));
  if (taken) leave_the_end(piece, place_, entries);
  for (const std::int64_t row : entries.disagreeing) {
    piece.read.found.push_back(
        {table().name, row, row, index.name, trip_of(row),
         fmt::format("the index {} has an entry for it that is not of this row, or the row is gone",
                     index.name)});
  }
  if (!taken) {
    const std::int64_t row = piece.next.begun ? piece.next.row : 0;
    piece.read.found.push_back(
        {table().name, row, row, index.name, "",
         fmt::format("the index {} cannot be read {}: {}", index.name,
                     piece.next.begun ? "behind its entry of this row" : "from its beginning",
                     taken.error().message)});
  }
  if (!taken || piece.read.rows == 0) leave_part(piece.next);
  return piece;
}

}  // namespace gatehouse::store
