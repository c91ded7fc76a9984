#include "tests/simulator/world/effects.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

json to_json(const CartEffect& cart) {
  return {{"deliveries", cart.deliveries},     {"effects", cart.effects},
          {"idempotency_key", cart.first_key}, {"sha256", cart.sha256},
          {"purchase_id", cart.purchase_id},   {"sequence", cart.sequence}};
}

json to_json(const PaymentEffect& payment) {
  return {{"currency", payment.currency},
          {"adjusts", payment.adjusts},
          {"authorised_minor", payment.authorised_minor},
          {"captures", payment.captures},
          {"captured_minor", payment.captured_minor},
          {"cancels", payment.cancels},
          {"declined", payment.declined}};
}

json to_json(const RecordEffect& record) {
  return {{"effects", record.effects}, {"status", record.status}};
}

template <class Map>
json to_json_by_trip(const Map& map) {
  json by_trip = json::object();
  for (const auto& [trip_id, effect] : map) by_trip[trip_id] = to_json(effect);
  return by_trip;
}

template <class Map>
json find_in(const Map& map, const std::string& trip_id) {
  const auto found = map.find(trip_id);
  return found == map.end() ? json(nullptr) : to_json(found->second);
}

}  // namespace

void Effects::cart_delivered(const std::string& trip_id, const CartEffect& delivery) {
  const auto [cart, is_first] = carts_.try_emplace(trip_id, delivery);
  ++cart->second.deliveries;
  ++cart->second.effects;
  if (!is_first) ++double_carts_;
}

void Effects::cart_repeated(const std::string& trip_id) {
  ++carts_[trip_id].deliveries;
  ++duplicate_deliveries_;
}

void Effects::record_delivered(const std::string& trip_id, const std::string& status) {
  ++payment_records_;
  auto& record = records_[trip_id];
  ++record.effects;
  record.status = status;
}

void Effects::adjusted(const std::string& trip_id, const Money& amount) {
  auto& payment = payments_[trip_id];
  ++payment.adjusts;
  payment.currency = amount.currency;
  payment.authorised_minor = amount.minor;  // absolute, not a difference (services.md 2.1)
  payment.declined = false;
}

void Effects::declined(const std::string& trip_id, const Money& amount) {
  adjusted(trip_id, {.minor = 0, .currency = amount.currency});
  payments_[trip_id].declined = true;
  ++declines_;
}

void Effects::captured(const std::string& trip_id, const Money& amount) {
  auto& payment = payments_[trip_id];
  if (payment.captures > 0) violated(Violation::double_capture);
  if (payment.cancels > 0) violated(Violation::capture_after_cancel);
  if (payment.captured_minor + amount.minor > payment.authorised_minor) {
    violated(Violation::capture_above_authorised);
  }
  payment.currency = amount.currency;
  payment.captured_minor += amount.minor;
  ++payment.captures;
  ++captures_;
  captured_minor_[amount.currency] += amount.minor;
}

void Effects::cancelled(const std::string& trip_id) {
  auto& payment = payments_[trip_id];
  if (payment.captures > 0) violated(Violation::cancel_after_capture);
  ++payment.cancels;
  ++cancels_;
}

bool Effects::is_captured(const std::string& trip_id) const {
  const auto found = payments_.find(trip_id);
  return found != payments_.end() && found->second.captures > 0;
}

json Effects::summary() const {
  const auto count = [&](Violation violation) {
    const auto found = violations_.find(violation);
    return found == violations_.end() ? 0 : found->second;
  };
  json sums = json::object();
  for (const auto& [currency, minor] : captured_minor_) {
    sums[currency] = {{"captured", format_amount({.minor = minor, .currency = currency})}};
  }
  return {{"carts_delivered", carts_.size()},
          {"duplicate_deliveries", duplicate_deliveries_},
          {"double_carts", double_carts_},
          {"conflicts", conflicts_},
          {"captures", captures_},
          {"double_captures", count(Violation::double_capture)},
          {"captures_above_authorised", count(Violation::capture_above_authorised)},
          {"captures_after_cancel", count(Violation::capture_after_cancel)},
          {"cancels", cancels_},
          {"cancels_after_capture", count(Violation::cancel_after_capture)},
          {"declines", declines_},
          {"payment_records", payment_records_},
          {"duplicate_payment_records", repeated_records_},
          {"bad_requests", bad_requests_},
          {"signature_refusals", signature_refusals_},
          {"sums", std::move(sums)}};
}

json Effects::all() const {
  auto everything = summary();
  everything["carts"] = to_json_by_trip(carts_);
  everything["payments"] = to_json_by_trip(payments_);
  everything["records"] = to_json_by_trip(records_);
  return everything;
}

json Effects::of_trip(const std::string& trip_id) const {
  return {{"trip", trip_id},
          {"cart", find_in(carts_, trip_id)},
          {"payment", find_in(payments_, trip_id)},
          {"record", find_in(records_, trip_id)}};
}

}  // namespace gatehouse::simulator
