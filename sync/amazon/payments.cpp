#include "sync/amazon/payments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/json_object.hpp"
#include "sync/amazon/amazon_request.hpp"
#include "sync/amazon/answer_proof.hpp"
#include "sync/amazon/partial_approval.hpp"
#include "sync/transport/answer_money.hpp"
#include "sync/transport/error_member.hpp"
#include "sync/transport/json_document.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

std::string_view path_of(Call call) {
  switch (call) {
    case Call::adjust:
      return "/v1/adjust/charge";
    case Call::capture:
      return "/v1/capture/charge";
    case Call::cancel:
      return "/v1/cancel/charge";
    case Call::transactional_data:
      return "/v1/payment/transactional-data";
    case Call::checkout:
      return "/v1/checkout/carts";
    case Call::shopper_identity:
      return "/v1/identity/shopper";
  }
  return "";
}

std::string body_of(std::string_view store_id, const store::Settlement& settlement, Call call) {
  JsonObject body;
  body.text("storeId", store::store_of_trip(settlement.store_id, store_id))
      .text("shoppingTripId", settlement.trip_id);
  if (call == Call::adjust && settlement.amount) {
    body.json("amount", amount_number(*settlement.amount));
  }
  if (call == Call::capture && settlement.amount) {
    body.json("amount", amount_number(to_capture(settlement)));
  }
  return body.done();
}

PaymentAnswer unclear(std::string reason) {
  return {.event = Event::unclear, .reason = std::move(reason)};
}

std::string_view url_key(Call call) {
  return call == Call::checkout ? "jwo.checkout_url" : "jwo.payments_url";
}

PaymentAnswer strange(Call call, NoDocument why = NoDocument::no_object) {
  const auto if_none = fmt::format("a body that is not Amazon's; check {}", url_key(call));
  return unclear(fmt::format("{}: success with {}", to_text(call), what_came(why, if_none)));
}

PaymentAnswer read_adjust(const Money& requested, const JsonDocument& answer) {
  const auto status = answer["status"].text();
  if (status == "DECLINED") {
    return {.event = Event::declined, .reason = "declined by the card's issuer", .well = true};
  }
  if (status == "PENDING") {
    return {.event = Event::pending, .reason = "adjust: PENDING, asked again", .well = true};
  }
  if (status != "APPROVED") return strange(Call::adjust);
  // The reference page's response table is not public: an answer without the amount is taken as it
  // stands, one with another amount is not.
  const JsonValue amount = answer["authorizedAmount"];
  if (amount.is_absent()) return {.event = Event::approved, .well = true, .approved = requested};
  if (!amount.is(JsonKind::object)) return strange(Call::adjust);
  const auto authorized = money_in(amount, "authorizedAmount");
  const bool whole = authorized && authorized->currency == requested.currency &&
                     authorized->minor >= requested.minor;
  return {.event = whole ? Event::approved : Event::approved_partly,
          .well = true,
          .approved = authorized ? *authorized : Money{0, requested.currency}};
}

PaymentAnswer read_details(const JsonDocument& answer, std::string_view body) {
  const auto id = answer["reconciliationId"].scalar();
  if (!id && !answer["reconciliationId"].is_absent()) return strange(Call::transactional_data);
  const bool shown = id && !is_blank(*id);
  const auto first = body.find('{');  // leaves out blanks and a byte order mark
  return {.event = shown ? Event::reconciled : Event::details,
          .well = true,
          .details = std::string(body.substr(first, body.rfind('}') - first + 1)),
          .reconciliation_id = std::string(shown ? *id : "")};
}

PaymentAnswer read_field(Call call, const std::optional<Money>& requested, std::string_view body) {
  const auto answer = JsonDocument::read_object(body);
  if (!answer) return strange(call, answer.error());
  if (call == Call::checkout) {
    const auto order = (*answer)["orderId"].scalar();
    if (!order || is_blank(*order)) return strange(call);
    return {.event = Event::accepted, .well = true, .details = std::string(*order)};
  }
  if (call == Call::shopper_identity) {
    return {.event = Event::details,
            .well = true,
            .details = std::string((*answer)["shopperEmail"].scalar().value_or(""))};
  }
  if (call == Call::transactional_data) {
    return read_details(*answer, body);
  }
  return read_adjust(requested.value_or(Money{}), *answer);
}

PaymentAnswer read_refused(Call call, const Reply& reply) {
  PaymentAnswer answer{.event = Event::refused,
                       .reason = fmt::format("{}: Amazon answered {}", to_text(call), reply.status),
                       .well = true};
  if (reply.status != 400) return answer;
  const std::string name = exception_name(reply.body);
  answer.reason += fmt::format(" {}", name);
  if (name.starts_with(unknown_trip_name)) answer.event = Event::unknown_trip;
  if (name.starts_with(expired_trip_name)) answer.event = Event::expired;
  return answer;
}

PaymentAnswer read_not_done(Call call, const Reply& reply) {
  PaymentAnswer answer{
      .event = Event::not_done, .certain = true, .no_attempt = failed_for_its_time(reply)};
  if (reply.sent == Sent::no) {
    answer.reason = "Amazon cannot be reached: " + reply.error;
  } else if (refuses_signature(reply) || answer.no_attempt) {
    answer.reason = read_refusal(reply, url_key(call)).text;
  } else if (reply.status == 429) {
    answer.reason = "Amazon answered 429: too many requests";
    answer.certain = false;
    answer.throttled = true;
  } else {
    answer.reason = fmt::format("Amazon answered {}: check {}", reply.status, url_key(call));
  }
  return answer;
}

PaymentAnswer read_unclear(Call call, const Reply& reply, Came came) {
  if (came == Came::no_answer) {
    return unclear(fmt::format("{}: no answer from Amazon: {}", to_text(call), reply.error));
  }
  if (came == Came::denied_success) return strange(call);
  return unclear(fmt::format("{}: Amazon answered {}", to_text(call), reply.status));
}

Speaks outcome_of(Call call) {
  return call == Call::capture || call == Call::cancel ? Speaks::by_status : Speaks::by_field;
}

}  // namespace

Request payment_request(const JwoOptions& jwo, const AwsCredentials& aws, std::string_view store_id,
                        const store::Settlement& settlement, Call call, std::string subject) {
  if (call == Call::checkout) {
    return amazon_request(jwo, aws, jwo.checkout_url, path_of(call), std::move(subject));
  }
  if (call == Call::shopper_identity) {
    const std::string shopper = JsonObject().text("id", subject).done();
    const auto store = store::store_of_trip(settlement.store_id, store_id);
    return amazon_request(jwo, aws, jwo.payments_url, path_of(call),
                          JsonObject().text("storeId", store).json("shopperId", shopper).done());
  }
  return amazon_request(jwo, aws, jwo.payments_url, path_of(call),
                        body_of(store_id, settlement, call));
}

PaymentAnswer read_payment_answer(Call call, const std::optional<Money>& requested,
                                  const Reply& reply) {
  const Came came = what_came_back(reply);
  switch (what_it_proves(came, outcome_of(call))) {
    case Proof::done:
      return {.event = Event::accepted, .well = true};
    case Proof::by_field:
      return read_field(call, requested, reply.body);
    case Proof::no_effect:
      return read_not_done(call, reply);
    case Proof::refused:
      return read_refused(call, reply);
    case Proof::unclear:
      break;
  }
  return read_unclear(call, reply, came);
}

}  // namespace gatehouse::sync
