// A table, by its row ids.
#include <fmt/format.h>

#include "store/ledger/verify/record_rules.hpp"
#include "store/ledger/verify/walk_state.hpp"
#include "store/sql/ledger_sql.hpp"
#include "store/sqlite/walk_sql.hpp"

namespace gatehouse::store {
namespace {

/// Each row is looked for in up to nine indexes: a slow disk is read about a hundred times for
/// them.
constexpr std::int64_t rows_at_once = 16;
constexpr std::int64_t bytes_at_once = 1 << 20;

sqlite::StoredValues values_in(const sqlite::Rows& row) {
  sqlite::StoredValues values;
  for (int column = 1; column < row.columns(); ++column) values.push_back(row.value(column));
  return values;
}

}  // namespace

Result<WalkPiece> LedgerVerifier::State::read_rows() {
  WalkPiece piece{.next = place_};
  bool ended = false;
  std::string unreadable;
  {
    auto& statement = connection_->statement(sqlite::rows_after(table()));
    sqlite::Rows rows = statement.query(place_.row, rows_at_once);
    while (piece.read.rows < rows_at_once && piece.read.bytes < bytes_at_once) {
      auto more = rows.next();
      if (!more && !is_damage(more.error())) return propagate(std::move(more));
      const bool is_row = more && *more;
      if (!more) unreadable = more.error().message;
      if (is_row && rows.integer(0) <= piece.next.row) unreadable = "they are not in their order";
      ended = more && !is_row;
      if (!is_row || !unreadable.empty()) break;
      piece.next.row = rows.integer(0);
      const auto values = values_in(rows);
      for (const auto& value : values) piece.read.bytes += bytes_of(value);
      ++piece.read.rows;
      std::string flaw = flaw_in(table(), values);
      if (flaw.empty()) continue;
      piece.read.found.push_back(
          {table().name, piece.next.row, piece.next.row, "", trip_in(values), std::move(flaw)});
    }
  }
  if (Result<> looked = look_into_indexes(piece.next.row, piece); !looked) {
    return propagate(std::move(looked));
  }
  if (!unreadable.empty()) {
    const auto next = next_readable_after(piece.next.row);
    if (!next) return propagate(next);
    piece.read.found.push_back({table().name, piece.next.row + 1, *next, "", "",
                                "these rows cannot be read: " + unreadable});
    piece.next.row = *next;
    ended = *next == DamagedPlace::to_the_end;
  }
  if (ended) leave_part(piece.next);
  return piece;
}

Result<> LedgerVerifier::State::look_into_indexes(std::int64_t up_to, WalkPiece& piece) {
  if (piece.read.rows == 0) return {};
  for (const sqlite::IndexShape& index : table().indexes) {
    auto& statement = connection_->statement(sqlite::rows_not_in(table(), index));
    const auto missing = statement.all(sqlite::read_number, place_.row, up_to);
    if (!missing && !is_damage(missing.error())) return propagate(missing);
    if (!missing) {
      piece.read.found.push_back({table().name, place_.row + 1, up_to, index.name, "",
                                  fmt::format("their entries in the index {} cannot be read: {}",
                                              index.name, missing.error().message)});
      continue;
    }
    for (const std::int64_t row : *missing) {
      piece.read.found.push_back({table().name, row, row, index.name, trip_of(row),
                                  fmt::format("the index {} does not name it", index.name)});
    }
  }
  return {};
}

Result<bool> LedgerVerifier::State::can_read_after(std::int64_t row) {
  auto& statement = connection_->statement(sqlite::rows_after(table()));
  sqlite::Rows rows = statement.query(row, 1);
  auto more = rows.next();
  if (!more && !is_damage(more.error())) return propagate(std::move(more));
  return more && (!*more || rows.integer(0) > row);
}

Result<std::int64_t> LedgerVerifier::State::next_readable_after(std::int64_t row) {
  constexpr std::int64_t last = DamagedPlace::to_the_end;
  std::int64_t unreadable = row;
  std::int64_t readable = last;
  for (std::int64_t ahead = 1; ahead > 0 && row < last - ahead; ahead *= 2) {
    const auto can = can_read_after(row + ahead);
    if (!can) return propagate(can);
    if (*can) {
      readable = row + ahead;
      break;
    }
    unreadable = row + ahead;
    if (ahead > last / 2) break;
  }
  if (readable == last) return last;
  while (readable - unreadable > 1) {
    const std::int64_t between = unreadable + (readable - unreadable) / 2;
    const auto can = can_read_after(between);
    if (!can) return propagate(can);
    (*can ? readable : unreadable) = between;
  }
  return readable;
}

std::string LedgerVerifier::State::trip_in(const sqlite::StoredValues& row) {
  if (const auto* id = value_of(table(), row, "trip_id")) {
    const auto* text = std::get_if<std::string>(id);
    return text != nullptr ? *text : "";
  }
  const auto* sequence = value_of(table(), row, "trip_sequence");
  const auto* number = sequence != nullptr ? std::get_if<std::int64_t>(sequence) : nullptr;
  return number != nullptr ? trip_with(*number) : "";
}

std::string LedgerVerifier::State::trip_with(std::int64_t sequence) {
  auto found =
      connection_->statement(ledger_sql::trip_of_sequence.text).first(sqlite::read_text, sequence);
  return found && *found ? **found : "";
}

std::string LedgerVerifier::State::trip_of(std::int64_t row) {
  sqlite::StoredValues values;
  {
    auto& statement = connection_->statement(sqlite::rows_after(table()));
    sqlite::Rows rows = statement.query(row - 1, 1);
    const auto more = rows.next();
    if (!more || !*more || rows.integer(0) != row) return "";
    values = values_in(rows);
  }
  return trip_in(values);
}

}  // namespace gatehouse::store
