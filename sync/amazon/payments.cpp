#include "sync/amazon/payments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/json_object.hpp"
#include "sync/amazon/amazon_request.hpp"
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
  body.text("storeId", store_id).text("shoppingTripId", settlement.trip_id);
  if ((call == Call::adjust || call == Call::capture) && settlement.amount) {
    body.json("amount", amount_number(*settlement.amount));
  }
  return body.done();
}

/// The exception's name in an error body; the checkout service's field for it is not published.
/// Anything longer or stranger is not repeated: a message of the API gateway can quote the request,
/// its token included.
std::string error_name(std::string_view body) {
  const auto document = JsonDocument::read_object(body);
  auto name = document ? (*document)["errorMsg"].scalar() : std::nullopt;
  if (document && !name) name = (*document)["message"].scalar();
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
  };
  if (!name || name->empty() || name->size() > 60 || !std::ranges::all_of(*name, plain)) return "";
  return std::string(*name);
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
  if (amount.is_absent()) return {.event = Event::approved, .well = true};
  if (!amount.is(JsonKind::object)) return strange(Call::adjust);
  const auto authorized = money_in(amount, "authorizedAmount");
  if (!authorized || authorized->currency != requested.currency ||
      authorized->minor < requested.minor) {
    return {.event = Event::approved_partly,
            .reason =
                "adjust was approved for less than the total: capture what was authorised, "
                "or settle it otherwise; the retailer decides",
            .well = true};
  }
  return {.event = Event::approved, .well = true};
}

PaymentAnswer read_details(const JsonDocument& answer, std::string_view body,
                           bool reconciliation_means_captured) {
  const auto id = answer["reconciliationId"].scalar();
  if (!id && !answer["reconciliationId"].is_absent()) return strange(Call::transactional_data);
  Event event = id && !is_blank(*id) ? Event::reconciled : Event::details;
  if (!reconciliation_means_captured) event = Event::undecided;
  const auto first = body.find('{');  // leaves out blanks and a byte order mark
  return {.event = event,
          .well = true,
          .details = std::string(body.substr(first, body.rfind('}') - first + 1))};
}

PaymentAnswer read_ok(Call call, const std::optional<Money>& requested, std::string_view body,
                      bool reconciliation_means_captured) {
  if (call == Call::capture || call == Call::cancel) {
    if (!means_done(body)) return strange(call);
    return {.event = Event::accepted, .well = true};
  }
  const auto answer = JsonDocument::read_object(body);
  if (!answer) return strange(call, answer.error());
  if (has_error_member(answer->root())) return strange(call);
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
    return read_details(*answer, body, reconciliation_means_captured);
  }
  return read_adjust(requested.value_or(Money{}), *answer);
}

PaymentAnswer read_bad_request(Call call, std::string_view body) {
  const std::string name = error_name(body);
  Event event = Event::refused;
  // With or without "Exception" at the end, by service (services.md 1.4, 3).
  if (name.starts_with("UnknownShoppingTrip")) event = Event::unknown_trip;
  if (name.starts_with("ShoppingTripExpired")) event = Event::expired;
  return {.event = event,
          .reason = fmt::format("{}: Amazon answered 400 {}", to_text(call), name),
          .well = true};
}

PaymentAnswer read_client_error(Call call, int status, std::string_view body) {
  switch (status) {
    case 400:
      return read_bad_request(call, body);
    case 401:
    case 404:
    case 405:
      return {.event = Event::not_done,
              .reason = fmt::format("Amazon answered {}: check {}", status, url_key(call)),
              .certain = true};
    case 429:
      return {.event = Event::not_done,
              .reason = "Amazon answered 429: too many requests",
              .throttled = true};
    case 408:
    case 409:  // not in the contract; "it is done already" would look like this
      return unclear(fmt::format("{}: Amazon answered {}", to_text(call), status));
    default:
      return {.event = Event::refused,
              .reason = fmt::format("{}: Amazon answered {}", to_text(call), status),
              .well = true};
  }
}

}  // namespace

Request payment_request(const JwoOptions& jwo, const AwsCredentials& aws, std::string_view store_id,
                        const store::Settlement& settlement, Call call, std::string subject) {
  if (call == Call::checkout) {
    return amazon_request(jwo, aws, jwo.checkout_url, path_of(call), std::move(subject));
  }
  if (call == Call::shopper_identity) {
    const std::string shopper = JsonObject().text("id", subject).done();
    return amazon_request(jwo, aws, jwo.payments_url, path_of(call),
                          JsonObject().text("storeId", store_id).json("shopperId", shopper).done());
  }
  return amazon_request(jwo, aws, jwo.payments_url, path_of(call),
                        body_of(store_id, settlement, call));
}

PaymentAnswer read_payment_answer(Call call, const std::optional<Money>& requested,
                                  const Reply& reply, bool reconciliation_means_captured) {
  if (reply.sent == Sent::no) {
    return {.event = Event::not_done,
            .reason = "Amazon cannot be reached: " + reply.error,
            .certain = true};
  }
  if (reply.sent == Sent::maybe) {
    return unclear(fmt::format("{}: no answer from Amazon: {}", to_text(call), reply.error));
  }
  if (reply.status >= 200 && reply.status < 300) {
    return read_ok(call, requested, reply.body, reconciliation_means_captured);
  }
  if (reply.status >= 300 && reply.status < 400 && reply.status != 303) {  // 303: it was done
    return {.event = Event::not_done,
            .reason = fmt::format("Amazon answered {}: check {}", reply.status, url_key(call)),
            .certain = true};
  }
  if (reply.status == 403) {
    return {.event = Event::not_done,
            .reason = read_refusal(reply, url_key(call)).text,
            .certain = true};
  }
  if (reply.status >= 400 && reply.status < 500) {
    return read_client_error(call, reply.status, reply.body);
  }
  return unclear(fmt::format("{}: Amazon answered {}", to_text(call), reply.status));
}

}  // namespace gatehouse::sync
