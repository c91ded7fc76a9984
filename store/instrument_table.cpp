#include "store/instrument_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gatehouse::store {
namespace {

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
          .authorize = read_money(row, 4)};
}

}  // namespace

bool is_instrument(std::string_view document_id) {
  return document_id.size() > instrument_prefix.size() &&
         document_id.starts_with(instrument_prefix);
}

InstrumentTable::InstrumentTable(sqlite::Database& database)
    : put_(
          database.handle(),
          "INSERT OR REPLACE INTO instrument (document_id, outstanding_minor, outstanding_code,"
          " risks, decision, authorize_minor, authorize_code) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      remove_(database.handle(), "DELETE FROM instrument WHERE document_id = ?1"),
      find_(database.handle(),
            "SELECT outstanding_minor, outstanding_code, risks, decision, authorize_minor,"
            " authorize_code FROM instrument WHERE document_id = ?1") {}

Result<> InstrumentTable::put(const InstrumentPut& put) {
  const Instrument& instrument = put.instrument;
  const std::string risks = fmt::format("{}", fmt::join(instrument.risks, "\n"));
  return put_.run(std::string_view(put.document_id), minor_of(instrument.outstanding),
                  currency_of(instrument.outstanding), std::string_view(risks), instrument.decision,
                  minor_of(instrument.authorize), currency_of(instrument.authorize));
}

Result<> InstrumentTable::remove(std::string_view document_id) {
  return remove_.run(document_id);
}

Result<std::optional<Instrument>> InstrumentTable::find(std::string_view id) {
  const std::string document_id = std::string(instrument_prefix).append(id);
  return find_.first(read_instrument, std::string_view(document_id));
}

}  // namespace gatehouse::store
