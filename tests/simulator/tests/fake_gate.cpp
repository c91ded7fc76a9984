#include "tests/simulator/tests/fake_gate.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {

namespace asio = boost::asio;
using nlohmann::json;

http::Handler FakeGate::handler() {
  return [this](const http::Request& request) { return answer(request); };
}

asio::awaitable<http::Answer> FakeGate::answer(const http::Request& request) {
  if (request.path() == "/v1/identity/scan") co_return scan(request);
  auto answered = cart(request);
  auto answer = co_await std::move(answered);
  const bool loses = unreliable_ && carts_ % 7 == 0;
  if (loses) co_return hang_up();
  co_return answer;
}

http::Answer FakeGate::scan(const http::Request& request) const {
  const auto event = json::parse(request.body)["scanEvent"];
  for (const auto& code :
       {from_base64(event["id"].get<std::string>()), from_base64(event["value"].get<std::string>()),
        event["value"].get<std::string>()}) {
    if (welcome_.contains(code)) {
      return json_answer(200, {{"id", code}, {"type", "SHOPPER"}, {"action", "ACCEPT"}});
    }
  }
  return json_answer(200, {{"id", "?"}, {"type", "SHOPPER"}, {"action", "REJECT"}});
}

asio::awaitable<http::Answer> FakeGate::cart(const http::Request& request) {
  if (++carts_ % 3 == 0 && unreliable_) co_return error_answer(503, "busy");
  const auto cart = json::parse(request.body);
  const auto trip_id = cart["idempotentShoppingTripId"].get<std::string>();
  const auto purchase_id = cart["cartItems"].empty() ? "" : "P-" + trip_id;
  const auto [known, is_new] = purchase_ids_.try_emplace(trip_id, purchase_id);
  if (is_new) {
    auto delivered = call_world(
        delivery("/v1/order/purchases", std::string(request.body), "cart-" + trip_id, purchase_id));
    auto cloud_answer = co_await std::move(delivered);
    const bool is_card = request.body.find("FINANCIAL") != std::string_view::npos;
    if (is_card) {
      auto settled = settle(trip_id, std::move(cloud_answer));
      co_await std::move(settled);
    }
  }
  co_return json_answer(201, {{"purchaseId", purchase_id}});
}

asio::awaitable<void> FakeGate::settle(std::string trip_id, std::string cloud_answer) {
  const auto charge = json::parse(cloud_answer).value("charge", json());
  auto call = fmt::format(R"({{"storeId":"STORE-001","shoppingTripId":"{}")", trip_id);
  const char* status = charge.is_null() ? "CANCELLED" : "CAPTURED";
  if (charge.is_null()) {
    auto cancelled =
        call_world(signed_post("/v1/cancel/charge", call + "}", signing_, clock_.wall()));
    co_await std::move(cancelled);
  } else {
    call += fmt::format(R"(,"amount":{{"amount":{},"code":"{}"}}}})",
                        charge["amount"].get<std::string>(), charge["code"].get<std::string>());
    auto adjusted = call_world(signed_post("/v1/adjust/charge", call, signing_, clock_.wall()));
    co_await std::move(adjusted);
    auto captured = call_world(signed_post("/v1/capture/charge", call, signing_, clock_.wall()));
    co_await std::move(captured);
  }
  auto recorded = call_world(delivery(
      "/v1/payments/records", fmt::format(R"({{"tripId":"{}","status":"{}"}})", trip_id, status),
      "record-" + trip_id, ""));
  co_await std::move(recorded);
}

asio::awaitable<std::string> FakeGate::call_world(Asked asked) {
  const auto request = asked.request();
  auto answered = world_(request);
  const auto answer = co_await std::move(answered);
  co_return answer.body;
}

}  // namespace gatehouse::simulator
