#include "store/cache/instrument_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "store/sql/cache_sql.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t joined_risks_max = 64;

std::optional<std::int64_t> minor_of(const std::optional<Money>& money) {
  return money ? std::optional(money->minor) : std::nullopt;
}

std::string_view currency_of(const std::optional<Money>& money) {
  return money ? std::string_view(money->currency) : std::string_view{};
}

std::optional<Money> read_money(const sqlite::Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Money{row.integer(column), row.string(column + 1)};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Instrument read_instrument(const sqlite::Rows& row) {
  return {.outstanding = read_money(row, 0),
          .risks = lines_of(row.text(2)),
          .decision = row.enumeration<InstrumentDecision>(3),
          .authorize = read_money(row, 4),
          .unclear = row.integer(6) != 0};
}

bool has(const std::vector<std::string>& risks, const std::string& wanted) {
  return std::ranges::find(risks, wanted) != risks.end();
}

/// What is held against an instrument by what can be read of its newest version, and by the version
/// before: nothing is taken away by what cannot be understood, and nothing is granted.
Instrument joined(const Instrument& newest, const Instrument& before) {
  Instrument both;
  both.unclear = true;
  const bool owes = newest.outstanding && newest.outstanding->minor > 0;
  both.outstanding = owes ? newest.outstanding : before.outstanding;
  both.risks = newest.risks;
  for (const std::string& risk : before.risks) {
    if (both.risks.size() >= joined_risks_max) break;  // one is enough to deny
    if (!has(both.risks, risk)) both.risks.push_back(risk);
  }
  const bool denied =
      newest.decision == InstrumentDecision::deny || before.decision == InstrumentDecision::deny;
  both.decision = denied ? InstrumentDecision::deny : InstrumentDecision::none;
  return both;
}

}  // namespace

bool is_instrument(std::string_view document_id) {
  return document_id.size() > instrument_prefix.size() &&
         document_id.starts_with(instrument_prefix);
}

InstrumentTable::InstrumentTable(sqlite::Database& database)
    : put_(database.handle(), cache_sql::put_instrument),
      remove_(database.handle(), cache_sql::remove_instrument),
      find_(database.handle(), cache_sql::find_instrument) {}

Result<> InstrumentTable::put(const InstrumentPut& put) {
  if (put.unclear.empty()) return write(put.document_id, put.instrument);
  const auto before = find_.first(read_instrument, std::string_view(put.document_id));
  if (!before) return propagate(before);
  return write(put.document_id, joined(put.instrument, before->value_or(Instrument{})));
}

Result<> InstrumentTable::write(std::string_view document_id, const Instrument& instrument) {
  const std::string risks = fmt::format("{}", fmt::join(instrument.risks, "\n"));
  return put_.run(document_id, minor_of(instrument.outstanding),
                  currency_of(instrument.outstanding), std::string_view(risks), instrument.decision,
                  minor_of(instrument.authorize), currency_of(instrument.authorize),
                  instrument.unclear);
}

Result<> InstrumentTable::remove(std::string_view document_id) {
  return remove_.run(document_id);
}

Result<std::optional<Instrument>> InstrumentTable::find(std::string_view id) {
  const std::string document_id = std::string(instrument_prefix).append(id);
  return find_.first(read_instrument, std::string_view(document_id));
}

}  // namespace gatehouse::store
