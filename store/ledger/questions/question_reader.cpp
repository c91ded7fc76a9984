#include "store/ledger/questions/question_reader.hpp"

#include <utility>

#include "store/sql/ledger_sql.hpp"

namespace gatehouse::store {
namespace {

QuestionFacts read_facts(const sqlite::Rows& row) {
  QuestionFacts facts;
  facts.ask_at = row.optional_time(0);
  facts.record_waits = row.integer(1) != 0;
  facts.asks = static_cast<int>(row.integer(2));
  facts.unpriceable = row.integer(3) != 0;
  facts.overdue = row.integer(4) != 0;
  return facts;
}

LookFacts read_look(const sqlite::Rows& row) {
  return {row.time(0), row.string(1), row.string(2), row.string(3)};
}

Decision read_decision(const sqlite::Rows& row) {
  Decision decision{row.integer(0),
                    row.enumeration<DecisionWord>(1),
                    row.string(2),
                    row.time(3),
                    row.enumeration<DecisionState>(4),
                    row.string(5),
                    static_cast<int>(row.integer(6))};
  if (!row.is_null(7)) decision.confirms = Money{row.integer(7), row.string(8)};
  decision.revision = row.integer(9);
  return decision;
}

Result<std::optional<WallTime>> time_of(sqlite::Statement& statement) {
  auto time = statement.first(sqlite::read_time);
  if (!time) return propagate(std::move(time));
  return time->value_or(std::nullopt);
}

std::int64_t number_of(std::size_t limit) {
  return static_cast<std::int64_t>(limit);
}

}  // namespace

QuestionReader::QuestionReader(sqlite3* connection, std::string& damage)
    : damage_(damage),
      due_(connection, ledger_sql::due_questions),
      next_(connection, ledger_sql::next_question),
      overdue_(connection, ledger_sql::overdue_charges),
      next_to_be_overdue_(connection, ledger_sql::next_to_be_overdue),
      question_(connection, ledger_sql::question_of_trip),
      captures_(connection, ledger_sql::captures_of_trip),
      look_(connection, ledger_sql::look_of_trip),
      decision_(connection, ledger_sql::decision_of_trip),
      pending_decisions_(connection, ledger_sql::pending_decisions) {}

Result<QuestionReader::Trips> QuestionReader::due(WallTime due, WallTime latest,
                                                  std::size_t limit) {
  return noted(due_.all(sqlite::read_number, due, latest, number_of(limit)));
}

Result<std::optional<WallTime>> QuestionReader::next() {
  return noted(time_of(next_));
}

Result<QuestionReader::Trips> QuestionReader::overdue(WallTime began_before, std::size_t limit) {
  return noted(overdue_.all(sqlite::read_number, began_before, number_of(limit)));
}

Result<std::optional<WallTime>> QuestionReader::next_to_be_overdue() {
  return noted(time_of(next_to_be_overdue_));
}

Result<std::optional<QuestionFacts>> QuestionReader::facts(std::int64_t trip_sequence) {
  auto facts = noted(question_.first(read_facts, trip_sequence));
  if (!facts || !*facts) return facts;
  auto captures = noted(captures_.all([](const sqlite::Rows& row) { return row.time(0); },
                                      trip_sequence, captures_named_max));
  if (!captures) return propagate(std::move(captures));
  auto look = noted(look_.first(read_look, trip_sequence));
  if (!look) return propagate(std::move(look));
  auto said = decision(trip_sequence);
  if (!said) return propagate(std::move(said));
  (*facts)->captures_at = *std::move(captures);
  (*facts)->look = *std::move(look);
  (*facts)->decision = *std::move(said);
  return facts;
}

Result<std::optional<Decision>> QuestionReader::decision(std::int64_t trip_sequence) {
  return noted(decision_.first(read_decision, trip_sequence));
}

Result<std::vector<Decision>> QuestionReader::pending_decisions(std::int64_t after,
                                                                std::size_t limit) {
  return noted(pending_decisions_.all(read_decision, after, number_of(limit)));
}

}  // namespace gatehouse::store
