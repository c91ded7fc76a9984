#include "store/ledger/verify/record_rules.hpp"

#include <fmt/format.h>

#include "store/ledger/ledger_identity.hpp"
#include "store/ledger/records/decision.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/sha256.hpp"

namespace gatehouse::store {
namespace {

using sqlite::StoredValue;

struct NumberRule {
  std::string_view table;
  std::string_view column;
  NumberRange numbers;
};

constexpr NumberRange settlement_states = numbers_of(SettlementState::held);

constexpr NumberRule number_rules[] = {
    {"trip", "entry", numbers_of(Entry::card)},
    {"delivery", "kind", numbers_of(DeliveryKind::cart)},
    {"delivery", "state", numbers_of(DeliveryState::pending)},
    {"settlement", "state", settlement_states},
    {"settlement", "held_from", settlement_states},
    {"settlement", "priced_by", numbers_of(PricedBy::nobody)},
    {"settlement_history", "state", settlement_states},
    {"refund", "reason_code", numbers_of(RefundReason::other)},
    {"decision", "word", numbers_of(DecisionWord::charge)},
    {"decision", "state", numbers_of(DecisionState::pending)},
    {"ledger_gap", "kind", numbers_of(GapKind::missing)},
};

std::string_view text_of(const StoredValue& value) {
  if (const auto* blob = std::get_if<sqlite::StoredBlob>(&value)) return blob->bytes;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

bool is_null(const StoredValue& value) {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace

const StoredValue* value_of(const sqlite::TableShape& table, std::span<const StoredValue> values,
                            std::string_view column) {
  for (std::size_t i = 0; i < table.columns.size() && i < values.size(); ++i) {
    if (table.columns[i].name == column) return &values[i];
  }
  return nullptr;
}

std::int64_t bytes_of(const StoredValue& value) {
  constexpr std::int64_t of_a_number = 8;
  const auto length = static_cast<std::int64_t>(text_of(value).size());
  return length > 0 ? length : of_a_number;
}

std::string changed_bytes_in(const sqlite::TableShape& table, std::span<const StoredValue> values) {
  for (std::size_t i = 0; i < table.columns.size() && i < values.size(); ++i) {
    const std::string& name = table.columns[i].name;
    const StoredValue* const digest = value_of(table, values, name + "_sha256");
    if (digest == nullptr || is_null(*digest)) continue;  // a row of before there was one
    if (text_of(*digest) != sha256(text_of(values[i]))) return name;
  }
  return "";
}

std::string unknown_number_in(const sqlite::TableShape& table,
                              std::span<const StoredValue> values) {
  for (const NumberRule& rule : number_rules) {
    if (rule.table != table.name) continue;
    const StoredValue* const found = value_of(table, values, rule.column);
    if (found == nullptr || is_null(*found)) continue;
    const auto* const number = std::get_if<std::int64_t>(found);
    if (number == nullptr || !rule.numbers.holds(*number)) return std::string(rule.column);
  }
  return "";
}

std::string flaw_in(const sqlite::TableShape& table, std::span<const StoredValue> values) {
  if (const std::string changed = changed_bytes_in(table, values); !changed.empty()) {
    return fmt::format("{} is not what was recorded: its SHA-256 differs", changed);
  }
  const std::string unknown = unknown_number_in(table, values);
  return unknown.empty() ? "" : fmt::format("{} has a number that stands for nothing", unknown);
}

}  // namespace gatehouse::store
