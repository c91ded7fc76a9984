#include "daemon/local/changes/trip_changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/local/changes/operator_reason.hpp"
#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "store/values/result.hpp"
#include "store/values/text/ascii.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

constexpr std::size_t reason_max_bytes = 200;

Error rejected(std::string message) {
  return {Remedy::reject, std::move(message)};
}

constexpr std::string_view still_withheld =
    "it is still withheld, because another ledger may have charged it: it waits until you say "
    "whether the shopper was charged (`gatehouse trip release ID --captured` or `--not-captured`), "
    "or accept the ledger";

/// Where a withheld charge waits, and is not held.
bool may_charge(store::SettlementState state) {
  using enum store::SettlementState;
  return state == awaiting_price || state == adjust_due || state == capture_due ||
         state == checkout_due;
}

/// '' for a body without one. Remedy::reject: it is not fit for one line of a listing.
Result<std::string> reason_in(const sync::JsonDocument& body) {
  if (body["reason"].is(sync::JsonKind::missing)) return "";
  const auto reason = body["reason"].text();
  if (!reason || reason->size() > reason_max_bytes || has_control(*reason)) {
    return std::unexpected(rejected("reason: expected one line of at most 200 bytes"));
  }
  return std::string(*reason);
}

Result<sync::OperatorAction> act_of(Action action, const sync::JsonDocument& body) {
  if (action == Action::hold) return sync::OperatorAction::hold;
  if (action == Action::cancel) return sync::OperatorAction::cancel;
  if (action == Action::capture_authorised) return sync::OperatorAction::capture_authorised;
  const bool said = !body["captured"].is(sync::JsonKind::missing);
  if (!body["confirm"].is(sync::JsonKind::missing)) {
    const auto confirms = body["confirm"].boolean();
    if (!confirms || (*confirms && said)) {
      return std::unexpected(rejected("confirm: expected true or false, without captured"));
    }
    if (*confirms) return sync::OperatorAction::release_confirmed;
  }
  if (!said) return sync::OperatorAction::release;
  const auto captured = body["captured"].boolean();
  if (!captured) return std::unexpected(rejected("captured: expected true or false"));
  return *captured ? sync::OperatorAction::release_captured
                   : sync::OperatorAction::release_not_captured;
}

std::string reason_of(const store::Settlement& settlement, sync::OperatorAction act,
                      const std::string& given) {
  std::string text;
  switch (act) {
    case sync::OperatorAction::hold:
      text = held_by_operator;
      break;
    case sync::OperatorAction::release:
      text = "released by an operator";
      break;
    case sync::OperatorAction::release_captured:
      text = "released by an operator: the shopper was charged";
      break;
    case sync::OperatorAction::release_not_captured:
      text = "released by an operator: the shopper was not charged";
      break;
    case sync::OperatorAction::cancel:
      text = "cancelled by an operator";
      break;
    case sync::OperatorAction::release_confirmed:
      text = "released by an operator, who confirmed the price against: " + settlement.reason;
      break;
    case sync::OperatorAction::capture_authorised:
      text = "an operator captures what Amazon approved; the rest is owed";
      break;
    case sync::OperatorAction::write_off:
      text = "written off by an operator";
      break;
  }
  return given.empty() ? text : text + ": " + given;
}

}  // namespace

awaitable<http::Answer> decide_trip(ChangeContext context, Action action, std::string trip_id,
                                    std::string_view body) {
  const auto document = read_body(body);
  if (!document) co_return error_answer(document.error());
  const auto wanted = act_of(action, *document);
  if (!wanted) co_return error_answer(wanted.error());
  const auto given = reason_in(*document);
  if (!given) co_return error_answer(given.error());
  const auto trip = context.ledger.reader().trip(trip_id);
  if (!trip) co_return error_answer(trip.error());
  if (!*trip) co_return error_answer(404, "no such trip in the ledger of this box");
  const auto& settlement = (*trip)->settlement;
  if (!settlement) {
    co_return error_answer(
        409, "this trip is not settled by this box: app entry, or jwo.settlement was none");
  }
  const auto step = sync::decide(*settlement, *wanted);
  if (!step) co_return error_answer(409, step.error());

  const auto now = context.clock.wall();
  std::move_only_function<Result<>(store::Ledger&)> work =
      [change = sync::operator_change(context.options.owed(), *settlement, *step,
                                      reason_of(*settlement, *wanted, *given), now)](
          store::Ledger& into) { return into.move_settlement(change); };
  auto commit = context.ledger.commit(std::move(work));
  const auto done = co_await std::move(commit);
  if (!done && done.error().remedy == Remedy::reject) {
    co_return error_answer(409, "its state has changed meanwhile: check it and try again");
  }
  if (!done) co_return error_answer(done.error());
  nlohmann::ordered_json answer{{"tripId", trip_id}, {"state", store::to_text(step->to)}};
  if (settlement->withheld && !step->clears_up && may_charge(step->to)) {
    answer["note"] = still_withheld;
  }
  co_return json_answer(answer);
}

}  // namespace gatehouse::local
