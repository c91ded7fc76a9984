#include "sync/cloud/delivery_request.hpp"

#include <algorithm>
#include <utility>

#include "store/values/result.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/text/ascii.hpp"
#include "sync/transport/answer_money.hpp"
#include "sync/transport/json_document.hpp"
#include "sync/transport/url.hpp"

namespace gatehouse::sync {

namespace {

/// Printable ASCII: a reason has a trip's field names in it, which the configuration can add to.
std::string header_text(const store::Delivery& delivery) {
  constexpr std::size_t length_max = 255;
  std::string text = delivery.refused_reason.substr(0, length_max);
  std::ranges::replace_if(text, [](char c) { return !is_printable(c); }, '?');
  return text.empty() ? "400" : text;
}

}  // namespace

Request delivery_request(const CloudOptions& cloud, std::string_view store_id,
                         store::Delivery& delivery) {
  const bool is_refused = delivery.kind == store::DeliveryKind::refused_cart;
  const bool is_cart = delivery.kind == store::DeliveryKind::cart || is_refused;
  Request request;
  request.method = "POST";
  request.url = join_url(cloud.url, is_cart ? "/v1/order/purchases" : "/v1/payments/records");
  request.headers = {{"Content-Type", "application/json"},
                     {"Idempotency-Key", delivery.idempotency_key},
                     {"Gatehouse-Store", std::string(store_id)},
                     {"Gatehouse-Sequence", std::to_string(delivery.id)},
                     {"Gatehouse-Received-At", rfc3339(delivery.created_at)}};
  if (!delivery.ledger.empty()) request.headers.emplace_back("Gatehouse-Ledger", delivery.ledger);
  if (is_cart && !delivery.purchase_id.empty()) {
    request.headers.emplace_back("Gatehouse-Purchase-Id", delivery.purchase_id);
  }
  if (is_refused) request.headers.emplace_back("Gatehouse-Refused", header_text(delivery));
  request.body = std::exchange(delivery.payload, {});
  request.timeout = cloud.timeout;
  request.answer_max_bytes = JsonDocument::bytes_max;  // it may repeat the cart, before its charge
  request.login = cloud.login;
  request.signing = cloud.signing;
  return request;
}

Result<std::optional<Money>> charge_in(std::string_view answer) {
  const auto document = JsonDocument::read_object(answer);
  if (!document || (*document)["charge"].is_absent()) return std::nullopt;
  auto money = money_in((*document)["charge"], "charge");
  if (!money) return propagate(std::move(money));
  if (money->minor < 0) return failure(Remedy::reject, "charge.amount is negative");
  return std::optional(*std::move(money));
}

bool says_free(std::string_view answer) {
  const auto document = JsonDocument::read_object(answer);
  if (!document) return false;
  return (*document)["free"].boolean() == true || document->find("charge.free").boolean() == true;
}

}  // namespace gatehouse::sync
