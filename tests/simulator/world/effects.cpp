#include "tests/simulator/world/effects.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

json to_json(const CartEffect& cart) {
  return {{"deliveries", cart.deliveries},     {"effects", cart.effects},
          {"idempotency_key", cart.first_key}, {"sha256", cart.sha256},
          {"purchase_id", cart.purchase_id},   {"sequence", cart.sequence},
          {"currency", cart.currency}};
}

json to_json(const PaymentEffect& payment) {
  return {{"currency", payment.currency},       {"adjusts", payment.adjusts},
          {"asked_minor", payment.asked_minor}, {"authorised_minor", payment.authorised_minor},
          {"captures", payment.captures},       {"captured_minor", payment.captured_minor},
          {"cancels", payment.cancels},         {"declined", payment.declined},
          {"refunds", payment.refunds},         {"refunded_minor", payment.refunded_minor}};
}

json to_json(const RecordEffect& record) {
  std::size_t told = 0;
  for (const auto& [ledger, revisions] : record.revisions) told += revisions.size();
  return {{"effects", record.effects},
          {"revision", record.revision},
          {"status", record.status},
          {"shopper_email", record.shopper_email},
          {"refunds", record.refunds},
          {"ledgers", record.ledgers},
          {"told", told},
          {"tellers", record.revisions.size()}};
}

json to_json(const CheckoutEffect& checkout) {
  return {{"currency", checkout.currency},
          {"total_minor", checkout.total_minor},
          {"effects", checkout.effects}};
}

json to_json(const ReportEffect& report) {
  return {{"currency", report.currency},
          {"total_minor", report.total_minor},
          {"settled_minor", report.settled_minor},
          {"accepted", report.accepted},
          {"rejected", report.rejected}};
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

void Effects::record_delivered(const std::string& trip_id, const Record& told) {
  ++payment_records_;
  auto& record = records_[trip_id];
  ++record.effects;
  const bool is_news = record.revisions.find(told.ledger) == record.revisions.end();
  record.revisions[told.ledger].insert(told.revision);
  if (is_news) {
    record.ledger = told.ledger;
  } else if (told.ledger != record.ledger || told.revision < record.revision) {
    return;
  }
  record.revision = told.revision;
  record.status = told.status;
  record.shopper_email = told.shopper_email;
}

void Effects::captured_by(const std::string& trip_id, const std::string& ledger) {
  if (!ledger.empty()) records_[trip_id].ledgers.insert(ledger.substr(0, ledger.rfind('.')));
}

void Effects::adjusted(const std::string& trip_id, const Money& authorised, const Money& asked) {
  auto& payment = payments_[trip_id];
  ++payment.adjusts;
  payment.currency = authorised.currency;
  payment.asked_minor = asked.minor;
  payment.authorised_minor = authorised.minor;  // absolute, not a difference (services.md 2.1)
  payment.declined = false;
}

void Effects::declined(const std::string& trip_id, const Money& amount) {
  adjusted(trip_id, {.minor = 0, .currency = amount.currency}, amount);
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
  sums_[amount.currency].captured_minor += amount.minor;
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

std::string Effects::currency_of(const std::string& trip_id) const {
  const auto found = payments_.find(trip_id);
  return found == payments_.end() || found->second.currency.empty() ? "USD"
                                                                    : found->second.currency;
}

bool Effects::may_refund(const std::string& trip_id, const Money& amount) const {
  const auto found = payments_.find(trip_id);
  return found != payments_.end() && found->second.currency == amount.currency &&
         amount.minor <= found->second.captured_minor - found->second.refunded_minor;
}

void Effects::refunded(const std::string& trip_id, const Money& amount) {
  auto& payment = payments_[trip_id];
  ++payment.refunds;
  payment.refunded_minor += amount.minor;
  ++refunds_;
  sums_[amount.currency].refunded_minor += amount.minor;
}

void Effects::checked_out(const std::string& trip_id, const Money& total) {
  auto& checkout = checkouts_[trip_id];
  checkout.currency = total.currency;
  checkout.total_minor = total.minor;
  ++checkout.effects;
  sums_[total.currency].checked_out_minor += total.minor;
}

void Effects::checkout_repeated(bool is_identical) {
  ++repeated_checkouts_;
  if (!is_identical) violated(Violation::checkout_differs);
}

void Effects::reported(const std::string& trip_id, const Money& total, const Money& settled,
                       bool is_accepted) {
  auto& report = reports_[trip_id];
  report.currency = total.currency;
  report.total_minor = total.minor;
  report.settled_minor = settled.minor;
  ++(is_accepted ? report.accepted : report.rejected);
  ++status_reports_;
}

json Effects::summary() const {
  const auto count = [&](Violation violation) {
    const auto found = violations_.find(violation);
    return found == violations_.end() ? 0 : found->second;
  };
  json sums = json::object();
  for (const auto& [currency, sum] : sums_) {
    const auto amount = [&code = currency](std::int64_t minor) {
      return format_amount({.minor = minor, .currency = code});
    };
    sums[currency] = {{"captured", amount(sum.captured_minor)},
                      {"captured_minor", sum.captured_minor},
                      {"refunded", amount(sum.refunded_minor)},
                      {"refunded_minor", sum.refunded_minor},
                      {"checked_out", amount(sum.checked_out_minor)}};
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
          {"captures_repeated", repeated_captures_},
          {"declines", declines_},
          {"refunds", refunds_},
          {"refunds_repeated", repeated_refunds_},
          {"refunds_refused", refused_refunds_},
          {"checkouts", checkouts_.size()},
          {"checkouts_repeated", repeated_checkouts_},
          {"checkouts_differing", count(Violation::checkout_differs)},
          {"status_reports", status_reports_},
          {"payment_records", payment_records_},
          {"duplicate_payment_records", repeated_records_},
          {"bad_requests", bad_requests_},
          {"signature_refusals", signature_refusals_},
          {"signatures_out_of_time", signatures_out_of_time_},
          {"faults", faults_},
          {"sums", std::move(sums)}};
}

json Effects::all() const {
  auto everything = summary();
  everything["carts"] = to_json_by_trip(carts_);
  everything["payments"] = to_json_by_trip(payments_);
  everything["records"] = to_json_by_trip(records_);
  everything["checkouts"] = to_json_by_trip(checkouts_);
  everything["reports"] = to_json_by_trip(reports_);
  return everything;
}

json Effects::of_trip(const std::string& trip_id) const {
  return {{"trip", trip_id},
          {"cart", find_in(carts_, trip_id)},
          {"payment", find_in(payments_, trip_id)},
          {"record", find_in(records_, trip_id)},
          {"checkout", find_in(checkouts_, trip_id)},
          {"report", find_in(reports_, trip_id)}};
}

}  // namespace gatehouse::simulator
