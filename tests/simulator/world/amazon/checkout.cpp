#include "tests/simulator/world/amazon/checkout.hpp"

#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/world/amazon/checkout_request.hpp"
#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {

Checkout::Checkout(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects)
    : store_id_(std::move(store_id)),
      gateway_(std::move(scope), clock, effects),
      effects_(effects) {}

http::Answer Checkout::refuse(std::string_view name) {
  effects_.bad_request();
  return error_answer(400, name);
}

http::Answer Checkout::answer(const http::Request& request, Verdict verdict) {
  if (auto refused = gateway_.refusal(request)) return std::move(*refused);
  const auto read = read_checkout_request(request.body);
  if (!read.cart) return refuse(read.error);
  const auto& cart = *read.cart;
  if (cart.store_id != store_id_) return refuse("BadRequestException");
  if (verdict == Verdict::unknown_trip || unknown_trips_.contains(cart.trip_id)) {
    return refuse("UnknownShoppingTripException");
  }
  if (verdict == Verdict::expired_trip) return refuse("ShoppingTripExpiredException");

  auto sha256 = sha256_hex(request.body);
  if (const auto before = orders_.find(cart.trip_id); before != orders_.end()) {
    effects_.checkout_repeated(before->second.sha256 == sha256);
    return before->second.answer;
  }
  effects_.checked_out(cart.trip_id, cart.total);
  const auto order_id = "ORDER-" + sha256_hex(cart.trip_id).substr(0, 16);
  auto answer = json_answer(201, {{"orderId", order_id}});
  orders_.emplace(cart.trip_id, Order{.sha256 = std::move(sha256), .answer = answer});
  return answer;
}

}  // namespace gatehouse::simulator
