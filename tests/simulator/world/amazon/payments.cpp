#include "tests/simulator/world/amazon/payments.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/population.hpp"
#include "tests/simulator/world/answers.hpp"
#include "tests/simulator/world/endpoint.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view bad_request_name = "BadRequestException";

AmountRule amount_rule(Endpoint endpoint) {
  if (endpoint == Endpoint::adjust) return AmountRule::required;
  return endpoint == Endpoint::capture ? AmountRule::positive : AmountRule::none;
}

/// JSON number with the currency's decimals; the text is ours, so it can be put in as it is.
http::Answer adjust_answer(std::string_view status, const Money& amount) {
  return text_answer(
      200, fmt::format(R"({{"status":"{}","authorizedAmount":{{"amount":{},"code":"{}"}}}})",
                       status, format_amount(amount), amount.currency));
}

bool is_declined_always(const Money& amount) {
  return format_amount(amount) == "999999.99";
}

}  // namespace

Payments::Payments(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects,
                   PaymentRules rules)
    : store_id_(std::move(store_id)),
      gateway_(std::move(scope), clock, effects),
      effects_(effects),
      rules_(rules) {}

bool Payments::serves(std::string_view path) {
  const auto* route = route_of(path);
  return route != nullptr && route->target == Target::payments;
}

http::Answer Payments::bad_request(std::string_view name) {
  effects_.bad_request();
  return error_answer(400, name);
}

std::string_view Payments::fault_of(const std::string& store_id, const std::string& trip_id,
                                    Verdict verdict) const {
  if (store_id != store_id_) return bad_request_name;
  const bool is_unknown = verdict == Verdict::unknown_trip || unknown_trips_.contains(trip_id);
  return is_unknown ? "UnknownShoppingTrip" : "";
}

http::Answer Payments::answer(const http::Request& request, Verdict verdict) {
  if (auto refused = gateway_.refusal(request)) return std::move(*refused);
  const auto path = request.path();
  if (path == route_of(Endpoint::refund).path) return refund(request, verdict);
  if (path == route_of(Endpoint::shopper_identity).path) return shopper_identity(request);
  if (path == route_of(Endpoint::payment_status).path) return payment_status(request, verdict);
  return charge(path, request, verdict);
}

http::Answer Payments::charge(std::string_view path, const http::Request& request,
                              Verdict verdict) {
  const auto* route = route_of(path);
  if (route == nullptr) return bad_request(bad_request_name);
  const auto call = read_payment_request(request.body, amount_rule(route->endpoint));
  if (!call) return bad_request(bad_request_name);
  const auto fault = fault_of(call->store_id, call->trip_id, verdict);
  if (!fault.empty()) return bad_request(fault);
  switch (route->endpoint) {
    case Endpoint::adjust:
      return adjust(call->trip_id, *call->amount, verdict);
    case Endpoint::capture:
      return capture(call->trip_id, *call->amount);
    case Endpoint::cancel:
      effects_.cancelled(call->trip_id);
      return text_answer(200, "");
    case Endpoint::transactional_data:
      return transactional_data(call->trip_id);
    default:
      return bad_request(bad_request_name);
  }
}

http::Answer Payments::adjust(const std::string& trip_id, const Money& amount, Verdict verdict) {
  if (verdict == Verdict::pending) return adjust_answer("PENDING", amount);
  if (verdict == Verdict::declined || is_declined_always(amount)) {
    effects_.declined(trip_id, amount);
    return adjust_answer("DECLINED", {.minor = 0, .currency = amount.currency});
  }
  if (verdict == Verdict::partial && amount.minor > 1) {
    const Money half{.minor = amount.minor / 2, .currency = amount.currency};
    effects_.adjusted(trip_id, half, amount);
    return adjust_answer("APPROVED", half);
  }
  effects_.adjusted(trip_id, amount, amount);
  return adjust_answer("APPROVED", amount);
}

http::Answer Payments::capture(const std::string& trip_id, const Money& amount) {
  if (rules_.capture_deduplicates && effects_.is_captured(trip_id)) {
    effects_.capture_repeated();
  } else {
    effects_.captured(trip_id, amount);
  }
  return text_answer(200, "");  // accepted, not settled
}

http::Answer Payments::refund(const http::Request& request, Verdict verdict) {
  const auto refund = read_refund_request(request.body);
  if (!refund) return bad_request(bad_request_name);
  const auto& trip_id = refund->call.trip_id;
  const auto fault = fault_of(refund->call.store_id, trip_id, verdict);
  if (!fault.empty()) return bad_request(fault);
  if (const auto before = refunds_.find(refund->refund_request_id); before != refunds_.end()) {
    effects_.refund_repeated();
    return before->second;
  }
  if (!effects_.may_refund(trip_id, *refund->call.amount)) {
    effects_.refund_refused();
    return bad_request(bad_request_name);
  }
  effects_.refunded(trip_id, *refund->call.amount);
  auto answer = text_answer(200, "");
  if (rules_.refund_answer == RefundAnswer::reconciliation_id) {
    const auto id = "R" + sha256_hex(refund->refund_request_id).substr(0, 11);
    answer = json_answer(200, {{"reconciliationId", id}});
  }
  refunds_.emplace(refund->refund_request_id, answer);
  return answer;
}

http::Answer Payments::shopper_identity(const http::Request& request) {
  const auto call = read_shopper_request(request.body);
  if (!call || call->store_id != store_id_) return bad_request(bad_request_name);
  if (call->shopper_id.starts_with("unknown")) return json_answer(200, ordered_json::object());
  return json_answer(200, {{"shopperEmail", email_of(call->shopper_id)}});
}

http::Answer Payments::payment_status(const http::Request& request, Verdict verdict) {
  const auto report = read_status_report(request.body);
  if (!report) return bad_request(bad_request_name);
  const auto fault = fault_of(report->store_id, report->trip_id, verdict);
  if (!fault.empty()) return bad_request(fault);
  const bool is_possible = report->settled.currency == report->total.currency &&
                           report->settled.minor <= report->total.minor;
  const bool is_accepted = is_possible && verdict != Verdict::declined;
  effects_.reported(report->trip_id, report->total, report->settled, is_accepted);
  return json_answer(200, {{"status", is_accepted ? "Accepted" : "Rejected"}});
}

http::Answer Payments::transactional_data(const std::string& trip_id) const {
  const auto card = sha256_hex(trip_id);
  const bool captured = effects_.is_captured(trip_id);
  ordered_json data{
      {"brand", "VISA"},
      {"posEntryMode", "EMV_9F39_07"},
      {"currency", effects_.currency_of(trip_id)},
      {"authorizationResponseCode", "00"},
      {"cryptogramInformationData", "80"},
      {"tail", fmt::format("{:04}", std::stoul(card.substr(0, 4), nullptr, 16) % 10000)},
      {"panSequenceNumber", "01"},
      {"applicationId", "A0000000031010"},
      {"expirationDate", {{"expirationYear", "2029"}, {"expirationMonth", "12"}}},
      {"cardholderVerificationMethodResult", "420300"},
      {"terminalId", "12345678"}};
  // Inference (services.md 9.2): these two are there only once the trip was captured.
  data["reconciliationId"] = captured ? card.substr(0, 12) : "";
  data["cardStatementTransactionId"] = captured ? "TXN" + card.substr(12, 9) : "";
  return json_answer(200, data);
}

}  // namespace gatehouse::simulator
