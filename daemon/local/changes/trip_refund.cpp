#include "daemon/local/changes/trip_refund.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <nlohmann/json.hpp>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/age.hpp"
#include "store/values/result.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/uuid.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/payment_record.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

Error rejected(std::string message) {
  return {Remedy::reject, std::move(message)};
}

/// services.md 2.4: lower-case hexadecimal, and of a version and variant that exist.
bool is_refund_request_id(std::string_view text) {
  return is_uuid(text) && text == lower_case(text) && text[14] <= '5' &&
         std::string_view("089ab").contains(text[19]);
}

struct Wanted {
  store::NewRefund refund;
  bool confirmed = false;  ///< a person knows that it is late
};

Result<Wanted> parse_refund(const std::string& trip_id, std::string_view body) {
  const auto document = read_body(body);
  if (!document) return propagate(document);
  const sync::JsonValue confirm = (*document)["confirm"];
  if (!confirm.is(sync::JsonKind::missing) && !confirm.boolean()) {
    return std::unexpected(rejected("confirm: expected true or false"));
  }
  auto amount = money_in(*document);
  if (!amount) return propagate(std::move(amount));
  store::NewRefund refund{.trip_id = trip_id, .amount = *std::move(amount)};
  const auto code = store::refund_reason_from((*document)["reason"].text().value_or(""));
  if (!code) {
    return std::unexpected(rejected(
        "reason: expected DAMAGED_ITEM, EXPIRED_ITEM, UNWANTED_ITEM, JWO_TECH_ERROR or OTHER"));
  }
  refund.reason = *code;
  const sync::JsonValue id = (*document)["refundRequestId"];
  if (id.is(sync::JsonKind::missing)) {
    refund.request_id = boost::uuids::to_string(boost::uuids::random_generator()());
  } else if (is_refund_request_id(id.text().value_or(""))) {
    refund.request_id = *id.text();
  } else {
    return std::unexpected(rejected("refundRequestId: expected a UUID in lower case"));
  }
  return Wanted{std::move(refund), confirm.boolean().value_or(false)};
}

/// What is to be said of a refund so long after its trip, '' : nothing. By our own clock, so it
/// decides nothing.
std::string lateness(const store::TripView& trip, milliseconds window, WallTime now) {
  if (now <= trip.started_at + window) return "";
  return fmt::format(
      "by this box's clock the trip began {} ago, later than jwo.refund_window ({}): Amazon may "
      "refuse the refund",
      age_text(now - trip.started_at), age_text(window));
}

bool is_recorded(const store::TripView& trip, const store::NewRefund& refund) {
  return std::ranges::find(trip.refunds, refund.request_id, &store::Refund::request_id) !=
         trip.refunds.end();
}

http::Answer refund_answer(store::RefundOutcome outcome, const store::NewRefund& refund,
                           const std::string& warning) {
  const auto well = [&](const char* word) {
    nlohmann::ordered_json answer{
        {"tripId", refund.trip_id}, {"refundRequestId", refund.request_id}, {"outcome", word}};
    if (!warning.empty()) answer["warning"] = warning;
    return json_answer(answer);
  };
  switch (outcome) {
    case store::RefundOutcome::recorded:
      return well("recorded");
    case store::RefundOutcome::identical:
      return well("identical");
    case store::RefundOutcome::different:
      return error_answer(
          409, "this refundRequestId exists with different contents, which stay in effect");
    case store::RefundOutcome::ended:
      return error_answer(
          409,
          "a person has said that this refund was not made, and it is sent no more: "
          "another one needs a new refundRequestId");
    case store::RefundOutcome::unknown:
      return error_answer(404, "no such trip in the ledger of this box");
    case store::RefundOutcome::not_captured:
      return error_answer(409,
                          "this trip was not captured by this box, so there is nothing to refund");
    case store::RefundOutcome::too_much:
      break;
  }
  return error_answer(409,
                      "more than the remaining captured amount, or another currency: see the "
                      "refunds so far with `gatehouse trip show`");
}

}  // namespace

awaitable<http::Answer> refund_trip(ChangeContext context, std::string trip_id,
                                    std::string_view body) {
  if (context.options.settlement != sync::SettlementMode::payment) {
    co_return error_answer(409, "refunds go to Amazon only with jwo.settlement = \"payment\"");
  }
  auto parsed = parse_refund(trip_id, body);
  if (!parsed) co_return error_answer(parsed.error());
  const auto trip = context.ledger.reader().trip(trip_id);
  if (!trip) co_return error_answer(trip.error());
  auto& refund = parsed->refund;
  refund.at = context.clock.wall();
  std::string late;
  if (*trip) late = lateness(**trip, context.options.refund_window, refund.at);
  if (!late.empty() && !parsed->confirmed && !is_recorded(**trip, refund)) {
    co_return error_answer(409,
                           late + ". To send it all the same, add --confirm (\"confirm\": true)");
  }
  const std::string own_store = *trip ? (*trip)->store_id : "";
  refund.payload =
      sync::refund_request(store::store_of_trip(own_store, context.options.store_id), refund);
  std::move_only_function<Result<store::RefundOutcome>(store::Ledger&)> work =
      [refund](store::Ledger& into) { return into.refund(refund); };
  auto commit = context.ledger.commit<store::RefundOutcome>(std::move(work));
  const auto outcome = co_await std::move(commit);
  if (!outcome) co_return error_answer(outcome.error());
  co_return refund_answer(*outcome, refund, late);
}

}  // namespace gatehouse::local
