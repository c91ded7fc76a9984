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
  auto taken = take_rows(piece);
  if (!taken) return propagate(std::move(taken));
  if (Result<> looked = look_into_indexes(taken->ids, piece); !looked) {
    return propagate(std::move(looked));
  }
  if (!taken->unreadable.empty()) {
    const auto next = next_readable_after(piece.next.row);
    if (!next) return propagate(next);
    piece.read.found.push_back({table().name, taken->unreadable_from, *next, "", "",
                                "these rows cannot be read: " + taken->unreadable});
    piece.next.row = *next;
    taken->ended = *next == DamagedPlace::to_the_end;
  }
  if (taken->ended) leave_part(piece.next);
  return piece;
}

/// What a row says of its own id is believed where it is found by that id: a changed one would lead
/// past all that is between, and accuse what comes behind it.
Result<LedgerVerifier::State::TakenRows> LedgerVerifier::State::take_rows(WalkPiece& piece) {
  TakenRows taken;
  auto& statement = connection_->statement(sqlite::rows_after(table()));
  auto& by_id = connection_->statement(sqlite::whole_row(table()));
  sqlite::Rows rows = statement.query(place_.row, rows_at_once);
  while (piece.read.rows < rows_at_once && piece.read.bytes < bytes_at_once) {
    taken.unreadable_from = piece.next.row + 1;
    auto more = rows.next();
    if (!more && !is_damage(more.error())) return propagate(std::move(more));
    if (!more) taken.unreadable = more.error().message;
    taken.ended = more && !*more;
    if (!more || !*more) return taken;
    const std::int64_t id = rows.integer(0);
    const auto values = values_in(rows);
    const auto is_there = id > piece.next.row ? is_at(by_id, id, values) : false;
    if (!is_there) return propagate(is_there);
    if (!*is_there) {
      taken.unreadable = "one of them is not where its id belongs";
      // One of those that were taken may have been the wrong one.
      if (id > place_.row && id <= piece.next.row) taken.unreadable_from = id;
      return taken;
    }
    piece.next.row = id;
    take_row(id, values, piece);
    taken.ids.push_back(id);
  }
  return taken;
}

void LedgerVerifier::State::take_row(std::int64_t id, const sqlite::StoredValues& values,
                                     WalkPiece& piece) {
  for (const auto& value : values) piece.read.bytes += bytes_of(value);
  ++piece.read.rows;
  std::string flaw = flaw_in(table(), values);
  if (flaw.empty()) return;
  piece.read.found.push_back({table().name, id, id, "", trip_in(values), std::move(flaw)});
}

Result<bool> LedgerVerifier::State::is_at(sqlite::Statement& by_id, std::int64_t id,
                                          const sqlite::StoredValues& values) const {
  sqlite::Rows row = by_id.query(id);
  auto found = row.next();
  if (!found && !is_damage(found.error())) return propagate(std::move(found));
  return found && *found && values_in(row) == values;
}

Result<> LedgerVerifier::State::look_into_indexes(std::span<const std::int64_t> ids,
                                                  WalkPiece& piece) {
  for (const sqlite::IndexShape& index : table().indexes) {
    auto& statement = connection_->statement(sqlite::row_not_in(table(), index));
    for (const std::int64_t id : ids) {
      const auto missing = statement.first(sqlite::read_number, id);
      if (!missing && !is_damage(missing.error())) return propagate(missing);
      if (!missing) {
        piece.read.found.push_back({table().name, id, ids.back(), index.name, "",
                                    fmt::format("their entries in the index {} cannot be read: {}",
                                                index.name, missing.error().message)});
        break;
      }
      if (!*missing) continue;
      piece.read.found.push_back({table().name, id, id, index.name, trip_of(id),
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
  if (!more || !*more) return more.has_value();
  const std::int64_t id = rows.integer(0);
  if (id <= row) return false;
  return is_at(connection_->statement(sqlite::whole_row(table())), id, values_in(rows));
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
    sqlite::Rows rows = connection_->statement(sqlite::whole_row(table())).query(row);
    const auto more = rows.next();
    if (!more || !*more) return "";
    values = values_in(rows);
  }
  return trip_in(values);
}

}  // namespace gatehouse::store
