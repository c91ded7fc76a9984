#include "tests/simulator/world/payments.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/world/answers.hpp"
#include "tests/simulator/world/payment_request.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;

enum class Operation { adjust, capture, cancel, transactional_data };

struct Route {
  std::string_view path;
  Operation operation;
  AmountRule amount;
};
constexpr std::array<Route, 4> routes{{
    {"/v1/adjust/charge", Operation::adjust, AmountRule::required},
    {"/v1/capture/charge", Operation::capture, AmountRule::positive},
    {"/v1/cancel/charge", Operation::cancel, AmountRule::none},
    {"/v1/payment/transactional-data", Operation::transactional_data, AmountRule::none},
}};

const Route* route_of(std::string_view path) {
  for (const auto& route : routes) {
    if (route.path == path) return &route;
  }
  return nullptr;
}

http::Answer forbidden(const SignatureRefusal& refusal) {
  auto answer = json_answer(403, {{"message", refusal.message}});
  answer.headers.emplace_back("x-amzn-ErrorType", refusal.error_type);
  return answer;
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

Payments::Payments(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects)
    : store_id_(std::move(store_id)), scope_(std::move(scope)), clock_(clock), effects_(effects) {}

bool Payments::serves(std::string_view path) {
  return route_of(path) != nullptr;
}

std::optional<http::Answer> Payments::refusal(const http::Request& request) {
  SignedRequest as_sent{
      .method = request.method_text, .target = request.target, .body = request.body, .headers = {}};
  for (const auto& field : request.fields) {
    as_sent.headers.emplace_back(field.name_string(), field.value());
  }
  const auto refused = check_signature(as_sent, scope_, clock_.wall());
  if (!refused) return std::nullopt;
  effects_.signature_refused();
  return forbidden(*refused);
}

http::Answer Payments::bad_request(std::string_view name) {
  effects_.bad_request();
  return error_answer(400, name);
}

http::Answer Payments::answer(const http::Request& request, Verdict verdict) {
  const auto* route = route_of(request.path());
  if (route == nullptr || request.method != boost::beast::http::verb::post) {
    // API Gateway's own answer to a wrong path or method.
    return forbidden({"MissingAuthenticationTokenException", "Missing Authentication Token"});
  }
  if (auto refused = refusal(request)) return std::move(*refused);
  const auto call = read_payment_request(request.body, route->amount);
  if (!call || call->store_id != store_id_) return bad_request("BadRequestException");
  if (unknown_trips_.contains(call->trip_id)) return bad_request("UnknownShoppingTrip");

  switch (route->operation) {
    case Operation::adjust:
      return adjust(call->trip_id, *call->amount, verdict);
    case Operation::capture:
      effects_.captured(call->trip_id, *call->amount);
      return {};  // an empty 200: accepted, not settled
    case Operation::cancel:
      effects_.cancelled(call->trip_id);
      return {};
    case Operation::transactional_data:
      return transactional_data(call->trip_id);
  }
  return {};
}

http::Answer Payments::adjust(const std::string& trip_id, const Money& amount, Verdict verdict) {
  if (verdict == Verdict::pending) return adjust_answer("PENDING", amount);
  if (verdict == Verdict::declined || is_declined_always(amount)) {
    effects_.declined(trip_id, amount);
    return adjust_answer("DECLINED", {.minor = 0, .currency = amount.currency});
  }
  effects_.adjusted(trip_id, amount);
  return adjust_answer("APPROVED", amount);
}

http::Answer Payments::transactional_data(const std::string& trip_id) const {
  const auto card = sha256_hex(trip_id);
  const bool captured = effects_.is_captured(trip_id);
  ordered_json data{
      {"brand", "VISA"},
      {"posEntryMode", "EMV_9F39_07"},
      {"currency", "USD"},
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
