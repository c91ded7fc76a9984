#include "tests/model/call_kind.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "store/values/money.hpp"
#include "tests/sync/simulation/amazon.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {
namespace {

constexpr auto paths = std::to_array<std::pair<std::string_view, Kind>>({
    {"/v1/adjust/charge", Kind::adjust},
    {"/v1/capture/charge", Kind::capture},
    {"/v1/cancel/charge", Kind::cancel},
    {"/v1/payment/transactional-data", Kind::look},
    {"/v1/refund", Kind::refund},
    {"/v1/feedback/payment-status", Kind::report},
    {"/v1/order/purchases", Kind::cart},
    {"/v1/payments/records", Kind::record},
    {"/v1/checkout/carts", Kind::checkout},
});

}  // namespace

Kind kind_of(const Request& request) {
  for (const auto& [path, kind] : paths) {
    if (request.url.ends_with(path)) return kind;
  }
  throw std::runtime_error("a call that the model does not know: " + request.url);
}

std::string_view to_text(Kind kind) {
  for (const auto& [path, each] : paths) {
    if (each == kind) return path;
  }
  return "";
}

std::string trip_of(const Request& request) {
  if (request.signing) return simulation::trip_id_in(request.body);
  if (kind_of(request) == Kind::record) return between(request.body, R"("tripId":")", "\"");
  const auto key = simulation::Cloud::header(request, "Idempotency-Key");
  return key.substr(0, key.find(':'));
}

std::string refund_in(const Request& request) {
  return between(request.body, R"("refundRequestId":")", "\"");
}

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return "";
  const auto from = start + before.size();
  return std::string(text.substr(from, text.find(after, from) - from));
}

std::string money_of(std::string_view body, std::string_view name) {
  const auto object = between(body, "\"" + std::string(name) + "\":{", "}");
  auto amount = between(object + ",", "\"amount\":", ",");
  if (amount.starts_with('"')) amount = between(amount, "\"", "\"");
  if (amount.empty()) return "";
  return amount + " " + between(object, "\"code\":\"", "\"");
}

std::int64_t minor_of(const std::string& money) {
  const auto blank = money.find(' ');
  return parse_money(money.substr(0, blank), money.substr(blank + 1)).value().minor;
}

}  // namespace gatehouse::sync::model
