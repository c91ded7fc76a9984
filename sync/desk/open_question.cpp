#include "sync/desk/open_question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/json_object.hpp"
#include "store/values/rfc3339.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;

bool is_late(const store::Settlement& settlement, milliseconds charge_window, WallTime now) {
  return now > settlement.started_at + charge_window;
}

/// It goes on by itself, as far as Amazon and the retailer let it.
bool goes_on(State state) {
  switch (state) {
    case State::awaiting_price:
    case State::adjust_due:
    case State::adjust_sent:
    case State::capture_due:
    case State::capture_sent:
    case State::checkout_due:
    case State::checkout_sent:
      return true;
    default:
      return false;
  }
}

/// `text` is ours, and needs no escape.
void append_text(std::string& array, std::string_view text) {
  array += fmt::format("{}\"{}\"", array.size() > 1 ? "," : "", text);
}

std::string capture_calls(const store::QuestionFacts& facts) {
  std::string array = "[";
  for (const WallTime at : facts.captures_at) append_text(array, rfc3339(at));
  return array + "]";
}

std::string possible_decisions(const store::Settlement& settlement) {
  std::string array = "[";
  for (const auto word : {store::DecisionWord::captured, store::DecisionWord::not_captured,
                          store::DecisionWord::charge, store::DecisionWord::written_off}) {
    if (step_of(settlement, word).kind == DecisionStep::Kind::move) {
      append_text(array, store::to_text(word));
    }
  }
  return array + "]";
}

void add_text(JsonObject& record, std::string_view name, std::string_view text) {
  if (!text.empty()) record.text(name, text);
}

void add_evidence(JsonObject& record, const store::Settlement& settlement,
                  const store::QuestionFacts& facts) {
  if (!facts.captures_at.empty()) record.json("captureCalls", capture_calls(facts));
  if (settlement.clear_looks > 0) record.number("looks", settlement.clear_looks);
  if (!facts.look) return;
  record.text("lastLookAt", rfc3339(facts.look->at));
  add_text(record, "terminalId", facts.look->terminal_id);
  add_text(record, "reconciliationId", facts.look->reconciliation_id);
  add_text(record, "cardStatementTransactionId", facts.look->card_statement_transaction_id);
}

void add_refusal(JsonObject& record, const store::QuestionFacts& facts) {
  const auto& decision = facts.decision;
  if (!decision || decision->state != store::DecisionState::refused) return;
  JsonObject refusal;
  refusal.text("decision", store::to_text(decision->word));
  add_text(refusal, "by", decision->by);
  record.json("refusedDecision", refusal.text("reason", decision->reason).done());
}

}  // namespace

QuestionKind question_of(const store::Settlement& settlement, const store::QuestionFacts& facts,
                         milliseconds charge_window, WallTime now) {
  if (settlement.state == State::capture_unknown) return QuestionKind::unclear;
  if (settlement.state == State::held) {
    return settlement.charge_unclear ? QuestionKind::unclear : QuestionKind::held;
  }
  if (settlement.state == State::not_granted) return QuestionKind::not_granted;
  if (!goes_on(settlement.state)) return QuestionKind::none;
  if (settlement.withheld) return QuestionKind::unvouched;
  const bool waits_for_price = settlement.state == State::awaiting_price && !settlement.amount;
  if (facts.unpriceable && waits_for_price) return QuestionKind::unpriced;
  return is_late(settlement, charge_window, now) ? QuestionKind::overdue : QuestionKind::none;
}

std::string_view to_text(QuestionKind question) {
  constexpr std::array texts{"",          "UNCLEAR",  "HELD",   "NOT_GRANTED",
                             "UNVOUCHED", "UNPRICED", "OVERDUE"};
  return texts[static_cast<std::size_t>(question)];
}

std::string open_question_record(std::string_view store_id, const store::Settlement& settlement,
                                 const store::QuestionFacts& facts, QuestionKind question,
                                 milliseconds charge_window, WallTime now) {
  JsonObject record;
  record.text("tripId", settlement.trip_id)
      .text("purchaseId", settlement.purchase_id)
      .text("storeId", store::store_of_trip(settlement.store_id, store_id))
      .text("status", to_text(question));
  if (settlement.amount) record.json("amount", amount_text(*settlement.amount));
  add_text(record, "reason", settlement.reason);
  if (question == QuestionKind::not_granted) add_text(record, "grantedTo", settlement.price_ledger);
  record.text("since", rfc3339(settlement.changed_at))
      .text("asOf", rfc3339(now))
      .text("tripStartedAt", rfc3339(settlement.started_at));
  if (is_late(settlement, charge_window, now)) record.json("overdue", "true");
  add_evidence(record, settlement, facts);
  record.json("decisions", possible_decisions(settlement));
  add_refusal(record, facts);
  return record.done();
}

milliseconds question_grace(milliseconds minute) {
  return minute / 2;
}

std::optional<milliseconds> next_ask(QuestionKind question, int asks, milliseconds minute) {
  if (question == QuestionKind::not_granted) return std::nullopt;
  constexpr std::array minutes{2, 8, 10, 20, 60};
  const auto last = static_cast<int>(minutes.size()) - 1;
  return minutes.at(static_cast<std::size_t>(std::clamp(asks - 1, 0, last))) * minute;
}

}  // namespace gatehouse::sync
