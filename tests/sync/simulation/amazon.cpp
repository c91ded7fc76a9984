#include "tests/sync/simulation/amazon.hpp"

#include <fmt/format.h>

#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync::simulation {
namespace {

std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string::npos) return "";
  const auto from = start + before.size();
  return text.substr(from, text.find(after, from) - from);
}

std::string store_id_in(const std::string& body) {
  return between(body, R"("storeId":")", "\"");
}

std::string amount_in(const std::string& body) {
  return between(body, R"("amount":{"amount":)", ",");
}

}  // namespace

std::string trip_id_in(const std::string& body) {
  const auto trip_id = between(body, R"("shoppingTripId":")", "\"");
  return trip_id.empty() ? between(body, R"("idempotentShoppingTripId":")", "\"") : trip_id;
}

Reply Amazon::handle(const Request& request) {
  if (request.url.ends_with("/v1/identity/shopper")) {
    stores_of_shoppers.insert(store_id_in(request.body));
    const auto known = shoppers.find(between(request.body, R"("shopperId":{"id":")", "\""));
    if (known == shoppers.end()) return answer(200, "{}");
    return answer(200, fmt::format(R"({{"shopperEmail":"{}"}})", known->second));
  }
  const std::string trip_id = trip_id_in(request.body);
  const auto plan = plans_.find(trip_id);
  const bool known =
      plan != plans_.end() &&
      schedule_.wall() >= plan->second.cart.received_at + plan->second.known_to_amazon_after;
  if (!known) return answer(400, R"({"errorMsg":"UnknownShoppingTrip"})");
  auto& account = accounts_[trip_id];
  account.stores.insert(store_id_in(request.body));
  if (request.url.ends_with("/v1/adjust/charge")) {
    return adjust(plan->second, account, request.body);
  }
  if (request.url.ends_with("/v1/capture/charge")) {
    account.captures.push_back(amount_in(request.body));
    account.captured_at = schedule_.steady();
    return answer(200);
  }
  if (request.url.ends_with("/v1/cancel/charge")) {
    ++account.cancels;
    return answer(200);
  }
  if (request.url.ends_with("/v1/refund")) {
    ++account.refund_calls;
    account.refunds.emplace(between(request.body, R"("refundRequestId":")", "\""),
                            amount_in(request.body));
    return answer(200, R"({"reconciliationId":"R-1"})");
  }
  if (request.url.ends_with("/v1/feedback/payment-status")) {
    account.reports.push_back(request.body);
    return answer(200, R"({"status":"Accepted"})");
  }
  if (request.url.ends_with("/v1/checkout/carts")) {
    account.checkouts.push_back(request.body);
    return answer(201, R"({"orderId":"O-1"})");
  }
  ++account.details;
  const bool shown = !account.captures.empty() &&
                     schedule_.steady() - account.captured_at >= plan->second.reconciled_after;
  if (!shown) return answer(200, R"({"brand":"VISA","tail":"1234"})");
  return answer(200, R"({"brand":"VISA","tail":"1234","reconciliationId":"ABC123456789"})");
}

Reply Amazon::adjust(const TripPlan& plan, Account& account, const std::string& body) {
  const std::string amount = amount_in(body);
  const bool pending = account.adjusts++ < plan.pending_answers;
  const auto reply = [](std::string_view status, std::string_view authorized) {
    return answer(
        200, fmt::format(R"({{"status":"{}","authorizedAmount":{{"amount":{},"code":"USD"}}}})",
                         status, authorized));
  };
  if (pending) return reply("PENDING", amount);
  if (plan.declined) return reply("DECLINED", "0");
  account.authorized = amount;
  return reply("APPROVED", amount);
}

Amazon::Account Amazon::account(const std::string& trip_id) const {
  const auto found = accounts_.find(trip_id);
  return found == accounts_.end() ? Account{} : found->second;
}

}  // namespace gatehouse::sync::simulation
