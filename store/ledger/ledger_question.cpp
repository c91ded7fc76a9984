// What a Ledger keeps of charges that wait for a person: the records that tell of them, and what
// that person said.
#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"
#include "store/values/json_object.hpp"

namespace gatehouse::store {

std::string with_revision(std::string_view record, std::int64_t revision) {
  return JsonObject().number("revision", revision).members(record).done();
}

Result<> Ledger::State::note_facts(const SettlementChange& change) {
  Result<> noted;
  if (change.from != change.to || change.clear_looks || change.charge_cleared_up) {
    noted = note_question_.run(change.trip_sequence, change.at);
  }
  if (!noted || !change.look) return noted;
  const LookFacts& look = *change.look;
  return write_look_.run(change.trip_sequence, look.at, std::string_view(look.terminal_id),
                         std::string_view(look.reconciliation_id),
                         std::string_view(look.card_statement_transaction_id));
}

Result<> Ledger::State::add_payment_record(std::int64_t trip_sequence, std::string_view trip_id,
                                           const std::string& record, WallTime at) {
  auto revision = next_revision_.first(sqlite::read_number, trip_sequence);
  if (!revision) return propagate(std::move(revision));
  constexpr auto kind = DeliveryKind::payment_record;
  const std::int64_t number = revision->value_or(1);
  return add_delivery(trip_sequence, kind,
                      delivery_key(trip_id, kind, number, revision_series(mark_)),
                      with_revision(record, number), at);
}

Result<> Ledger::State::add_payment_status(std::int64_t trip_sequence, std::string_view trip_id,
                                           const std::string& report, WallTime at) {
  constexpr auto kind = DeliveryKind::payment_status;
  auto before = count_of_kind_.first(sqlite::read_number, trip_sequence, kind);
  if (!before) return propagate(std::move(before));
  const std::string key = delivery_key(trip_id, kind, before->value_or(0) + 1);
  return add_delivery(trip_sequence, kind, key, report, at);
}

Result<> Ledger::report_settled(const SettledReport& report) {
  return state_->atomically("reporting what was settled",
                            [&] { return state_->write_report(report); });
}

Result<> Ledger::State::write_report(const SettledReport& report) {
  auto charge = find_charge(report.trip_id);
  if (!charge) return propagate(std::move(charge));
  if (!*charge || (*charge)->state != report.state || (*charge)->sequence != report.trip_sequence) {
    return failure(Remedy::reject, "the charge has moved on");
  }
  Result<> written =
      add_payment_status(report.trip_sequence, report.trip_id, report.report, report.at);
  if (written) written = keep_report_.run(database_.last_insert_id());
  if (!written) return written;
  return note_in_history_.run(report.trip_sequence, report.at, std::string_view(report.history));
}

Result<bool> Ledger::ask(const NewQuestion& question) {
  return state_->atomically("asking about a charge",
                            [&] { return state_->write_question(question); });
}

Result<bool> Ledger::State::write_question(const NewQuestion& question) {
  auto revision = ask_.first(sqlite::read_number, question.trip_sequence, question.state,
                             question.clear_looks, question.ask_at, question.next_ask_at);
  if (!revision) return propagate(std::move(revision));
  if (!*revision) return false;
  Result<> written = forget_questions_.run(question.trip_sequence);
  if (!written) return propagate(std::move(written));
  constexpr auto kind = DeliveryKind::open_question;
  const std::string key = delivery_key(question.trip_id, kind, **revision, revision_series(mark_));
  written = add_delivery(question.trip_sequence, kind, key,
                         with_revision(question.record, **revision), question.at);
  if (!written) return propagate(std::move(written));
  return true;
}

Result<> Ledger::drop_question(std::int64_t trip_sequence, SettlementState state, WallTime ask_at) {
  return state_->drop_question_.run(trip_sequence, state, ask_at);
}

Result<> Ledger::note_overdue(std::int64_t trip_sequence, WallTime at) {
  return state_->note_overdue_.run(trip_sequence, at);
}

Result<> Ledger::State::take_decision(std::int64_t trip_sequence, const NewDecision& decision,
                                      DeliveryKind answered, WallTime at) {
  const auto& price = decision.confirms;
  return note_decision_.run(
      trip_sequence, decision.word, std::string_view(decision.by), decision.revision, at,
      answered == DeliveryKind::open_question, price ? std::optional(price->minor) : std::nullopt,
      price ? std::optional(std::string_view(price->currency)) : std::nullopt);
}

Result<> Ledger::settle_decision(const DecisionOutcome& outcome) {
  return state_->atomically("carrying out a decision",
                            [&] { return state_->end_decision(outcome); });
}

Result<> Ledger::State::end_decision(const DecisionOutcome& outcome) {
  const Decision& decision = outcome.decision;
  if (outcome.change) {
    auto changed = change_settlement(*outcome.change);
    if (!changed) return propagate(std::move(changed));
    if (*changed) {
      if (Result<> added = add_records(*outcome.change); !added) return added;
    }
  }
  const auto text = [](const sqlite::Rows& row) { return row.string(0); };
  const auto said_before = last_refusal_.first(text, decision.trip_sequence);
  if (!said_before) return propagate(said_before);
  Result<> settled = settle_decision_.run(
      decision.trip_sequence, decision.word, decision.came_at, decision.state, outcome.at,
      std::string_view(decision.reason), std::string_view(outcome.history));
  // Said once: where nothing was settled, this is a repetition. So is the same refusal of a word
  // that the cloud gives again with each record: to ask at once for that would never end.
  if (!settled || database_.changes() == 0 || outcome.history.empty()) return settled;
  if (*said_before == outcome.history) return settled;
  settled =
      note_in_history_.run(decision.trip_sequence, outcome.at, std::string_view(outcome.history));
  if (settled) settled = ask_now_.run(decision.trip_sequence, outcome.at);
  return settled;
}

}  // namespace gatehouse::store
