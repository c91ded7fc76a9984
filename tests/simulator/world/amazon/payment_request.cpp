#include "tests/simulator/world/amazon/payment_request.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace gatehouse::simulator {
namespace {

using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

constexpr std::size_t id_length_max = 255;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// 1 to 255 letters, digits, and of the other characters those named.
bool is_identifier(std::string_view text, std::string_view others) {
  const auto allowed = [&](char c) { return is_alphanumeric(c) || others.contains(c); };
  return !text.empty() && text.size() <= id_length_max && std::ranges::all_of(text, allowed);
}

std::optional<std::string> read_text(object& body, std::string_view name) {
  std::string_view text;
  if (body.find_field_unordered(name).get_string().get(text) != simdjson::SUCCESS)
    return std::nullopt;
  return std::string(text);
}

std::optional<std::string> read_identifier(object& body, std::string_view name,
                                           std::string_view others = "_-") {
  auto text = read_text(body, name);
  if (!text || !is_identifier(*text, others)) return std::nullopt;
  return text;
}

/// ^[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}$ (services.md 2.4)
bool is_refund_request_id(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-vxxx-nxxx-xxxxxxxxxxxx";
  const auto fits = [](char c, char as) {
    if (as == '-') return c == '-';
    if (as == 'v') return c >= '0' && c <= '5';
    if (as == 'n') return std::string_view("089ab").contains(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  };
  return text.size() == form.size() &&
         std::equal(text.begin(), text.end(), form.begin(), form.end(), fits);
}

bool is_refund_reason(std::string_view code) {
  constexpr std::array<std::string_view, 5> reasons{"DAMAGED_ITEM", "EXPIRED_ITEM", "UNWANTED_ITEM",
                                                    "JWO_TECH_ERROR", "OTHER"};
  return std::ranges::find(reasons, code) != reasons.end();
}

// The digits are taken as they were sent: no double comes near an amount.
std::optional<std::string> read_number(object& amount) {
  value number;
  json_type type{};
  if (amount.find_field_unordered("amount").get(number) != simdjson::SUCCESS) return std::nullopt;
  if (number.type().get(type) != simdjson::SUCCESS || type != json_type::number)
    return std::nullopt;
  std::string digits(number.raw_json_token());
  digits.erase(digits.find_last_not_of(" \t\r\n") + 1);
  return digits;
}

std::optional<Money> read_amount(object& body, AmountRule rule, std::string_view name = "amount") {
  object amount;
  if (body.find_field_unordered(name).get_object().get(amount) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const auto digits = read_number(amount);
  std::string_view code;
  if (!digits || amount.find_field_unordered("code").get_string().get(code) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const bool is_currency =
      code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_currency) return std::nullopt;
  auto money = parse_money(*digits, code);
  if (!money || money->minor < (rule == AmountRule::positive ? 1 : 0)) return std::nullopt;
  return std::move(*money);
}

/// Calls `read` with the body's object; nullopt where it is none.
template <class Read>
auto with_body(std::string_view text, const Read& read) -> decltype(read(std::declval<object&>())) {
  thread_local simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::ondemand::document document;
  object body;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  if (document.get_object().get(body) != simdjson::SUCCESS) return std::nullopt;
  return read(body);
}

std::optional<PaymentRequest> read_call(object& body, AmountRule rule) {
  const auto store_id = read_identifier(body, "storeId");
  const auto trip_id = read_identifier(body, "shoppingTripId");
  if (!store_id || !trip_id) return std::nullopt;
  PaymentRequest request{.store_id = *store_id, .trip_id = *trip_id};
  if (rule != AmountRule::none) {
    request.amount = read_amount(body, rule);
    if (!request.amount) return std::nullopt;
  }
  return request;
}

}  // namespace

std::optional<PaymentRequest> read_payment_request(std::string_view text, AmountRule rule) {
  return with_body(text, [rule](object& body) { return read_call(body, rule); });
}

std::optional<RefundRequest> read_refund_request(std::string_view text) {
  return with_body(text, [](object& body) -> std::optional<RefundRequest> {
    auto call = read_call(body, AmountRule::positive);
    const auto id = read_text(body, "refundRequestId");
    const auto reason = read_text(body, "refundReasonCode");
    if (!call || !id || !reason) return std::nullopt;
    if (!is_refund_request_id(*id) || !is_refund_reason(*reason)) return std::nullopt;
    return RefundRequest{.call = *std::move(call), .refund_request_id = *id};
  });
}

std::optional<ShopperRequest> read_shopper_request(std::string_view text) {
  return with_body(text, [](object& body) -> std::optional<ShopperRequest> {
    auto store_id = read_identifier(body, "storeId");
    object shopper;
    if (body.find_field_unordered("shopperId").get_object().get(shopper) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    auto id = read_identifier(shopper, "id", "_.-");
    if (!store_id || !id) return std::nullopt;
    return ShopperRequest{.store_id = *std::move(store_id), .shopper_id = *std::move(id)};
  });
}

std::optional<StatusReport> read_status_report(std::string_view text) {
  return with_body(text, [](object& body) -> std::optional<StatusReport> {
    auto call = read_call(body, AmountRule::none);
    auto total = read_amount(body, AmountRule::required, "totalAmount");
    auto settled = read_amount(body, AmountRule::required, "settledAmount");
    std::int64_t time = -1;
    if (body.find_field_unordered("paymentStatusTime").get_int64().get(time) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    if (!call || !total || !settled || time < 0) return std::nullopt;
    return StatusReport{.store_id = std::move(call->store_id),
                        .trip_id = std::move(call->trip_id),
                        .total = *std::move(total),
                        .settled = *std::move(settled)};
  });
}

}  // namespace gatehouse::simulator
