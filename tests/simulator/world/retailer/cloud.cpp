#include "tests/simulator/world/retailer/cloud.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/values/money.hpp"
#include "tests/simulator/digest.hpp"
#include "tests/simulator/pricing.hpp"
#include "tests/simulator/world/answers.hpp"
#include "tests/simulator/world/endpoint.hpp"
#include "tests/simulator/world/retailer/checkout_cart.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;

/// What is held so often is given up.
constexpr int patience_of_desk = 3;

std::string header(const http::Request& request, std::string_view name) {
  const auto value = request.fields[name];
  return {value.data(), value.size()};
}

/// What is wrong with the headers that every delivery carries, '' if nothing is.
std::string header_fault(const http::Request& request, const std::string& store_id) {
  if (header(request, "Idempotency-Key").empty()) return "Idempotency-Key is missing";
  if (const auto store = header(request, "Gatehouse-Store"); store != store_id) {
    return "Gatehouse-Store is '" + store + "', expected '" + store_id + "'";
  }
  const auto sequence = header(request, "Gatehouse-Sequence");
  const bool is_number = std::ranges::all_of(sequence, [](char c) { return c >= '0' && c <= '9'; });
  if (sequence.empty() || !is_number) return "Gatehouse-Sequence is no number: '" + sequence + "'";
  if (header(request, "Gatehouse-Received-At").empty()) return "Gatehouse-Received-At is missing";
  return {};
}

std::string string_member(const nlohmann::json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A record of an older box has none: it is the only one.
std::int64_t revision_of(const nlohmann::json& record) {
  if (!record.is_object() || !record.contains("revision")) return 1;
  const auto& revision = record.at("revision");
  return revision.is_number_integer() ? revision.get<std::int64_t>() : 1;
}

/// Where no ledger is to be named, `ledger` is ''.
ordered_json purchase_answer(const PricedCart& cart, const std::string& purchase_id,
                             const std::string& currency, const std::string& ledger,
                             bool as_checkout_cart) {
  ordered_json answer{{"purchaseId", purchase_id}};
  if (!cart.card_entry || cart.empty) return answer;
  if (as_checkout_cart) {
    answer["checkoutCart"] = checkout_cart(cart, currency);
    if (!ledger.empty()) answer["ledger"] = ledger;
  } else {
    const Money charge{.minor = cart.total_minor, .currency = currency};
    answer["charge"] = {{"amount", format_amount(charge)}, {"code", currency}};
    if (!ledger.empty()) answer["charge"]["ledger"] = ledger;
  }
  return answer;
}

}  // namespace

const std::string& Prices::currency_of(std::string_view trip_id) const {
  return currencies.at(fnv1a(trip_id) % currencies.size());
}

Cloud::Cloud(std::string store_id, Effects& effects, Prices prices)
    : store_id_(std::move(store_id)), effects_(effects), prices_(std::move(prices)) {}

http::Answer Cloud::bad_request(const std::string& message) {
  effects_.bad_request();
  return error_answer(400, message);
}

const Cloud::Answered* Cloud::answered_before(const ByKey& answers, const std::string& key) {
  const auto found = answers.find(key);
  return found == answers.end() ? nullptr : &found->second;
}

http::Answer Cloud::conflict() {
  effects_.conflict();
  return error_answer(422, "the Idempotency-Key was used with another body");
}

std::string Cloud::key_of(const http::Request& request) {
  return header(request, "Idempotency-Key");
}

bool Cloud::begin(const http::Request& request) {
  const auto key = key_of(request);
  return key.empty() || in_work_.insert(key).second;
}

http::Answer Cloud::still_working() {
  return json_answer(
      409, {{"title", "A request is outstanding for this Idempotency-Key"}, {"status", 409}});
}

http::Answer Cloud::purchases(const http::Request& request) {
  if (const auto fault = header_fault(request, store_id_); !fault.empty())
    return bad_request(fault);
  const auto key = header(request, "Idempotency-Key");
  const auto sha256 = sha256_hex(request.body);
  if (const auto* before = answered_before(carts_, key)) {
    if (before->sha256 != sha256) return conflict();
    effects_.cart_repeated(before->trip_id);
    return before->answer;
  }
  const auto cart = price_cart(request.body);
  const auto trip_id = trip_in(request.body);
  if (!cart || trip_id.empty()) return bad_request("the body is no cart in Amazon's format");
  const auto purchase_id = header(request, "Gatehouse-Purchase-Id");
  if (purchase_id.empty() != cart->empty) {
    return bad_request("Gatehouse-Purchase-Id must be there for a cart with items, and only then");
  }
  const auto& currency = prices_.currency_of(trip_id);
  const auto& ledger =
      first_ledgers_.emplace(trip_id, header(request, "Gatehouse-Ledger")).first->second;
  effects_.cart_delivered(trip_id, {.first_key = key,
                                    .sha256 = sha256,
                                    .purchase_id = purchase_id,
                                    .sequence = header(request, "Gatehouse-Sequence"),
                                    .currency = currency});
  const auto answer = json_answer(
      201, purchase_answer(*cart, purchase_id, currency, prices_.names_ledgers ? ledger : "",
                           prices_.as_checkout_cart));
  carts_.emplace(key, Answered{.sha256 = sha256, .answer = answer, .trip_id = trip_id});
  return answer;
}

http::Answer Cloud::payment_record(const http::Request& request) {
  if (const auto fault = header_fault(request, store_id_); !fault.empty())
    return bad_request(fault);
  const auto key = header(request, "Idempotency-Key");
  const auto sha256 = sha256_hex(request.body);
  const auto record = nlohmann::json::parse(request.body, nullptr, false);
  const auto trip_id = trip_in(request.body);
  if (string_member(record, "status") == "CAPTURED" && !trip_id.empty()) {
    effects_.captured_by(trip_id, header(request, "Gatehouse-Ledger"));
  }
  if (const auto* before = answered_before(records_, key)) {
    if (before->sha256 != sha256) return conflict();
    effects_.record_repeated();
    return before->answer;
  }
  if (trip_id.empty()) return bad_request("the body names no trip");
  const auto status = string_member(record, "status");
  if (status == "REFUNDED") {
    effects_.refund_record_delivered(trip_id);
  } else if (string_member(record, "grantedTo").empty()) {  // else another ledger tells of it
    effects_.record_delivered(trip_id, {.ledger = header(request, "Gatehouse-Ledger"),
                                        .revision = revision_of(record),
                                        .status = status,
                                        .shopper_email = string_member(record, "shopperEmail")});
  }
  auto body = ordered_json::object();
  if (const auto decision = decision_of(trip_id, status); !decision.empty()) {
    body = {{"decision", decision}, {"by", "the desk"}, {"revision", revision_of(record)}};
  }
  const auto answer = json_answer(201, body);
  records_.emplace(key, Answered{.sha256 = sha256, .answer = answer, .trip_id = trip_id});
  return answer;
}

std::string Cloud::decision_of(const std::string& trip_id, const std::string& status) {
  if (!desk_decides_) return "";
  if (status == "UNCLEAR" || status == "UNVOUCHED") {
    return effects_.is_captured(trip_id) ? "captured" : "not_captured";
  }
  if (status != "HELD") return "";
  return ++held_[trip_id] < patience_of_desk ? "charge" : "written_off";
}

http::Answer Cloud::scan(const http::Request& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  const auto event = body.is_object() ? body.find("scanEvent") : body.end();
  if (!body.is_object() || event == body.end()) return bad_request("scanEvent is missing");
  const auto code = from_base64(string_member(*event, "id"));
  const bool is_known = code.starts_with("95");
  return json_answer(
      200, {{"id", code}, {"type", "SHOPPER"}, {"action", is_known ? "ACCEPT" : "REJECT"}});
}

}  // namespace gatehouse::simulator
