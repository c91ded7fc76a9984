#include "sync/desk/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/values/json_text.hpp"
#include "store/values/text/ascii.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/amazon/settlement.hpp"
#include "sync/transport/answer_money.hpp"

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;
using Word = store::DecisionWord;

bool is_so_already(State state, Word word) {
  if (word == Word::written_off) return state == State::written_off;
  if (word != Word::captured) return false;
  return state == State::captured || state == State::details_due || state == State::checked_out ||
         state == State::settled_elsewhere;
}

OperatorAction action_of(Word word) {
  switch (word) {
    case Word::captured:
      return OperatorAction::release_captured;
    case Word::not_captured:
      return OperatorAction::release_not_captured;
    case Word::written_off:
      return OperatorAction::write_off;
    case Word::charge:
    case Word::unreadable:
      break;
  }
  return OperatorAction::release;
}

std::string_view meaning_of(Word word) {
  switch (word) {
    case Word::captured:
      return "the shopper was charged";
    case Word::not_captured:
      return "the shopper was not charged";
    case Word::written_off:
      return "written off";
    case Word::charge:
      return "charge it";
    case Word::unreadable:
      break;
  }
  return "nothing that can be read";
}

constexpr std::string_view stays_withheld =
    "another ledger may have charged it, so it would stay withheld: decide captured, not_captured "
    "or written_off";

constexpr std::string_view names_no_revision =
    "it names no revision, so it may be about an earlier record: check again, and name the "
    "revision of the newest record";

/// '' : it counts for what there is now. A charge that another ledger may make as well is made only
/// by a word about just that.
std::string_view why_outdated(const store::Settlement& settlement,
                              const store::Decision& decision) {
  const bool denies = decision.word == Word::not_captured;
  const bool of_another = settlement.state == State::not_granted;
  if (decision.captures_known < 0 && (denies || (of_another && decision.word == Word::charge))) {
    if (decision.revision == 0) return names_no_revision;
    return "what is in question has changed since the record that was decided on: check again, and "
           "name the revision of the newest record";
  }
  if (!denies || decision.captures_known >= settlement.captures_sent) return "";
  return "a capture of this trip has left of which the record that was decided on did not tell: "
         "check again, and name the revision of the record that tells of it";
}

}  // namespace

DecisionStep step_of(const store::Settlement& settlement, Word word,
                     const std::optional<Money>& confirms) {
  using Kind = DecisionStep::Kind;
  if (word == Word::unreadable) {
    return {.kind = Kind::refused,
            .reason =
                "expected decision: captured, not_captured, written_off or charge; by: a text of "
                "at most 128 printable characters; and confirm: true only with charge and the "
                "amount"};
  }
  if (is_so_already(settlement.state, word)) return {.kind = Kind::nothing};
  if (is_calling(settlement.state)) return {.kind = Kind::later};
  if (word == Word::charge && settlement.withheld) {
    return {.kind = Kind::refused, .reason = std::string(stays_withheld)};
  }
  if (confirms && settlement.amount && settlement.amount != confirms) {
    return {.kind = Kind::refused, .reason = "it confirms an amount that is not the price"};
  }
  auto act = confirms ? OperatorAction::release_confirmed : action_of(word);
  // The record asks who charges it, so this is the word that nobody else does.
  const bool here = word == Word::charge && settlement.state == State::not_granted;
  if (here && !settlement.charge_unclear) act = OperatorAction::release_not_captured;
  auto step = decide(settlement, act);
  if (!step) return {.kind = Kind::refused, .reason = std::move(step.error())};
  if (here) step->confirmed = confirms;
  return {.kind = Kind::move, .step = *step};
}

DecisionStep step_of(const store::Settlement& settlement, const store::Decision& decision) {
  using Kind = DecisionStep::Kind;
  auto step = step_of(settlement, decision.word, decision.confirms);
  const std::string_view outdated = why_outdated(settlement, decision);
  if (outdated.empty() || (step.kind != Kind::move && step.kind != Kind::later)) return step;
  return {.kind = Kind::refused, .reason = std::string(outdated)};
}

Result<std::optional<Money>> confirmed_in(const JsonValue& decision, Word word) {
  const JsonValue confirm = decision["confirm"];
  if (confirm.is_absent() || confirm.boolean() == false) return std::optional<Money>{};
  if (!confirm.boolean() || word != Word::charge) {
    return failure(Remedy::reject, "confirm: expected true or false, and true only with charge");
  }
  auto amount = money_in(decision["amount"], "amount");
  if (!amount) return propagate(std::move(amount));
  return std::optional(*std::move(amount));
}

std::string decision_reason(Word word, std::string_view by, std::string_view where, bool confirms) {
  return fmt::format("decided{}{}{}: {}{}", where, by.empty() ? "" : " by ", by, meaning_of(word),
                     confirms ? ", its price is right" : "");
}

bool is_name(std::string_view text) {
  return !has_control(text) && count_characters(text) <= name_characters_max;
}

store::SettlementChange operator_change(const Owed& owed, const store::Settlement& settlement,
                                        const OperatorStep& step, std::string reason,
                                        WallTime now) {
  store::SettlementChange change{.trip_sequence = settlement.trip_sequence,
                                 .from = settlement.state,
                                 .to = step.to,
                                 .at = now,
                                 .next_attempt_at = now,
                                 .reason = std::move(reason),
                                 .payment_record = std::nullopt,
                                 .charge_cleared_up = step.clears_up,
                                 .adjusts_not_counted = adjusts_anew(settlement, step.to),
                                 .part = step.part,
                                 .confirmed = step.confirmed};
  if (payment_status(step.to).empty()) return change;
  auto settled = settlement;
  settled.state = step.to;
  settled.charge_unclear = settlement.charge_unclear && !step.clears_up;
  change.payment_record = payment_record(owed.store_id, settled, "", now);
  // Of a charge that another box makes, that one reports.
  if (owed.payment_status && settlement.state != State::not_granted) {
    change.payment_status =
        payment_status_report(owed.store_id, settled, now, owed.payment_status_time);
  }
  return change;
}

}  // namespace gatehouse::sync
