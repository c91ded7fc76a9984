// What a person decides about the charge of a trip: refund, hold, release, cancel.
#include <fmt/format.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

#include "daemon/local/changes/local_state.hpp"
#include "daemon/local/changes/operator_reason.hpp"
#include "daemon/local/request/answers.hpp"
#include "daemon/local/view/money_json.hpp"
#include "daemon/loop/commit.hpp"
#include "store/values/result.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/amazon/settlement.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;

constexpr std::size_t reason_max_bytes = 200;

Error rejected(std::string message) {
  return {Remedy::reject, std::move(message)};
}

/// services.md 2.4: lower-case hexadecimal, and of a version and variant that exist.
bool is_refund_request_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !digit) return false;
  }
  return text[14] <= '5' && std::string_view("089ab").contains(text[19]);
}

Result<store::NewRefund> parse_refund(const std::string& trip_id, std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  auto amount = money_in(json);
  if (!amount) return propagate(std::move(amount));
  store::NewRefund refund{.trip_id = trip_id, .amount = *std::move(amount)};
  const auto reason = json.find("reason");
  const auto code = reason != json.end() && reason->is_string()
                        ? store::refund_reason_from(reason->get_ref<const std::string&>())
                        : std::nullopt;
  if (!code) {
    return std::unexpected(rejected(
        "reason: expected DAMAGED_ITEM, EXPIRED_ITEM, UNWANTED_ITEM, JWO_TECH_ERROR or OTHER"));
  }
  refund.reason = *code;
  const auto id = json.find("refundRequestId");
  if (id == json.end()) {
    refund.request_id = boost::uuids::to_string(boost::uuids::random_generator()());
  } else if (id->is_string() && is_refund_request_id(id->get_ref<const std::string&>())) {
    refund.request_id = id->get<std::string>();
  } else {
    return std::unexpected(rejected("refundRequestId: expected a UUID in lower case"));
  }
  return refund;
}

http::Answer refund_answer(store::RefundOutcome outcome, const store::NewRefund& refund) {
  const auto well = [&refund](const char* word) {
    return json_answer(
        {{"tripId", refund.trip_id}, {"refundRequestId", refund.request_id}, {"outcome", word}});
  };
  switch (outcome) {
    case store::RefundOutcome::recorded:
      return well("recorded");
    case store::RefundOutcome::identical:
      return well("identical");
    case store::RefundOutcome::different:
      return error_answer(409,
                          "this refundRequestId is on record with other contents, which stand");
    case store::RefundOutcome::unknown:
      return error_answer(404, "no such trip in the ledger of this box");
    case store::RefundOutcome::not_captured:
      return error_answer(409,
                          "this trip was not captured by this box, so there is nothing to refund");
    case store::RefundOutcome::too_much:
      break;
  }
  return error_answer(
      409,
      "more than is left of what was captured, or another currency: see the refunds "
      "so far with `gatehouse trip show`");
}

/// '' for a body without one. Remedy::reject: it is not fit for one line of a listing.
Result<std::string> reason_in(const Json& body) {
  if (!body.contains("reason")) return "";
  const auto& reason = body.at("reason");
  const auto plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; };
  if (!reason.is_string() || reason.get_ref<const std::string&>().size() > reason_max_bytes ||
      !std::ranges::all_of(reason.get_ref<const std::string&>(), plain)) {
    return std::unexpected(rejected("reason: expected one line of at most 200 bytes"));
  }
  return reason.get<std::string>();
}

Result<sync::OperatorAction> act_of(Action action, const Json& body) {
  if (action == Action::hold) return sync::OperatorAction::hold;
  if (action == Action::cancel) return sync::OperatorAction::cancel;
  if (!body.contains("captured")) return sync::OperatorAction::release;
  if (!body.at("captured").is_boolean()) {
    return std::unexpected(rejected("captured: expected true or false"));
  }
  return body.at("captured").get<bool>() ? sync::OperatorAction::release_captured
                                         : sync::OperatorAction::release_not_captured;
}

std::string reason_of(sync::OperatorAction act, const std::string& given) {
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
  }
  return given.empty() ? text : text + ": " + given;
}

}  // namespace

awaitable<http::Answer> LocalState::refund(std::string trip_id, std::string_view body) {
  if (options.settlement != sync::SettlementMode::payment) {
    co_return error_answer(409, "refunds go to Amazon only with jwo.settlement = \"payment\"");
  }
  auto parsed = parse_refund(trip_id, body);
  if (!parsed) co_return error_answer(parsed.error());
  const auto trip = ledger.trip(trip_id);
  if (!trip) co_return error_answer(trip.error());
  parsed->at = clock.wall();
  if (*trip && parsed->at > (*trip)->started_at + sync::refund_window) {
    co_return error_answer(409,
                           "Amazon takes a refund for 7 days after the trip, and they are over");
  }
  parsed->payload = sync::refund_request(options.store_id, *parsed);
  std::move_only_function<Result<store::RefundOutcome>(store::Ledger&)> work =
      [refund = *parsed](store::Ledger& into) { return into.refund(refund); };
  auto commit =
      loop::committed<store::RefundOutcome>(loop, writer, options.commit_deadline, std::move(work));
  const auto outcome = co_await std::move(commit);
  if (!outcome) co_return error_answer(outcome.error());
  counted_at.reset();
  co_return refund_answer(*outcome, *parsed);
}

awaitable<http::Answer> LocalState::act(Action action, std::string trip_id, std::string_view body) {
  const Json json = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
  if (!json.is_object()) co_return error_answer(400, "the body is no JSON object");
  const auto wanted = act_of(action, json);
  if (!wanted) co_return error_answer(wanted.error());
  const auto given = reason_in(json);
  if (!given) co_return error_answer(given.error());
  const auto trip = ledger.trip(trip_id);
  if (!trip) co_return error_answer(trip.error());
  if (!*trip) co_return error_answer(404, "no such trip in the ledger of this box");
  const auto& settlement = (*trip)->settlement;
  if (!settlement) {
    co_return error_answer(409,
                           "this trip is not settled here: app entry, or jwo.settlement was none");
  }
  const auto step = sync::decide(*settlement, *wanted);
  if (!step) co_return error_answer(409, step.error());

  const auto now = clock.wall();
  std::optional<std::string> record;
  if (!sync::payment_status(step->to).empty()) {
    auto settled = *settlement;
    settled.state = step->to;
    record = sync::payment_record(options.store_id, settled, "", now);
  }
  std::move_only_function<Result<>(store::Ledger&)> work =
      [change = store::SettlementChange{.trip_sequence = settlement->trip_sequence,
                                        .from = settlement->state,
                                        .to = step->to,
                                        .at = now,
                                        .next_attempt_at = now,
                                        .reason = reason_of(*wanted, *given),
                                        .payment_record = std::move(record),
                                        .charge_cleared_up = step->clears_up}](
          store::Ledger& into) { return into.move_settlement(change); };
  auto commit = loop::committed<void>(loop, writer, options.commit_deadline, std::move(work));
  const auto done = co_await std::move(commit);
  if (!done && done.error().remedy == Remedy::reject) {
    co_return error_answer(409, "its state has changed meanwhile: look again, and decide again");
  }
  if (!done) co_return error_answer(done.error());
  counted_at.reset();
  co_return json_answer({{"tripId", trip_id}, {"state", store::to_text(step->to)}});
}

}  // namespace gatehouse::local
