#include "tests/simulator/world/payment_request.hpp"

#include <simdjson.h>

#include <algorithm>

namespace gatehouse::simulator {
namespace {

using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

constexpr std::size_t id_length_max = 255;

bool is_identifier(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= id_length_max && std::ranges::all_of(text, allowed);
}

std::optional<std::string> read_identifier(object& body, std::string_view name) {
  std::string_view text;
  if (body.find_field_unordered(name).get_string().get(text) != simdjson::SUCCESS)
    return std::nullopt;
  if (!is_identifier(text)) return std::nullopt;
  return std::string(text);
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

std::optional<Money> read_amount(object& body, AmountRule rule) {
  object amount;
  if (body.find_field_unordered("amount").get_object().get(amount) != simdjson::SUCCESS) {
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

}  // namespace

std::optional<PaymentRequest> read_payment_request(std::string_view text, AmountRule rule) {
  thread_local simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::ondemand::document document;
  object body;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  if (document.get_object().get(body) != simdjson::SUCCESS) return std::nullopt;

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

}  // namespace gatehouse::simulator
