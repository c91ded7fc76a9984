#include "tests/sync/simulation/cloud.hpp"

#include <fmt/format.h>

#include "store/values/whole_number.hpp"
#include "sync/transport/json_document.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync::simulation {
namespace {

constexpr std::string_view cart_path = "/v1/order/purchases";
constexpr std::string_view record_path = "/v1/payments/records";

std::string trip_of(const std::string& key) {
  return key.substr(0, key.find(':'));
}

}  // namespace

std::string Cloud::header(const Request& request, std::string_view name) {
  for (const auto& [each, value] : request.headers) {
    if (each == name) return value;
  }
  return "";
}

Reply Cloud::handle(const Request& request) {
  const std::string key = header(request, "Idempotency-Key");
  const std::string trip_id = trip_of(key);
  const auto& plan = plans_.at(trip_id);
  const bool is_cart = request.url.ends_with(cart_path);
  if (is_cart && plan.cloud_status != 0) return answer(plan.cloud_status, plan.cloud_words);
  auto& effect = effects_[key];
  if (effect.times_sent++ == 0) {
    effect.path = is_cart ? cart_path : record_path;
    effect.trip_id = trip_id;
    effect.body = request.body;
    effect.request = request;
    if (is_cart) order_.push_back(trip_id);
    if (!is_cart && cart_of(trip_id).empty()) complaints_.push_back("record before cart: " + key);
  }
  if (effect.body != request.body) complaints_.push_back("other bytes for " + key);
  if (!is_cart || !plan.priced_by_cloud) return answer(200, R"({"purchaseId":"p"})");
  return answer(201, fmt::format(R"({{"charge":{{"amount":{},"code":"USD"}}}})", plan.amount));
}

std::string Cloud::body_of(const std::string& trip_id, std::string_view path) const {
  for (const auto& [key, effect] : effects_) {
    if (effect.trip_id == trip_id && effect.path == path) return effect.body;
  }
  return "";
}

std::string Cloud::cart_of(const std::string& trip_id) const {
  return body_of(trip_id, cart_path);
}

std::string Cloud::payment_record_of(const std::string& trip_id) const {
  std::string newest;
  std::size_t revision = 0;
  for (const auto& [key, effect] : effects_) {
    if (effect.trip_id != trip_id || effect.path != record_path) continue;
    const auto document = JsonDocument::read_object(effect.body);
    const auto number = document ? (*document)["revision"].scalar() : std::nullopt;
    const auto own = whole_number<std::size_t>(number.value_or("0")).value_or(0);
    if (newest.empty() || own > revision) {
      newest = effect.body;
      revision = own;
    }
  }
  return newest;
}

}  // namespace gatehouse::sync::simulation
