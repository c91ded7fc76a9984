#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/decision/purchase_id.hpp"
#include "daemon/gate/request/cart_request.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/masked_digits.hpp"
#include "store/values/json_text.hpp"
#include "store/values/uuid.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace gatehouse::gate {
namespace {

const CartRules rules{.payload_types = {{"PALM", store::Entry::card}},
                      .identifier_types = {"UPC", "EAN"}};

void check_fields(const CartRequest& cart) {
  require(!cart.trip_id.empty() && count_characters(cart.trip_id) <= 255);
  require(count_characters(cart.store_id) <= 255);
  require(cart.started_at <= cart.ended_at);
  const auto purchase_id = purchase_id_of(cart.store_id, cart.trip_id);
  require(is_uuid(purchase_id));
  require(nlohmann::json::accept(purchase_answer(purchase_id)));
}

bool same(const CartRequest& one, const CartRequest& other) {
  return one.trip_id == other.trip_id && one.store_id == other.store_id &&
         one.started_at == other.started_at && one.ended_at == other.ended_at &&
         one.entry == other.entry && one.empty == other.empty;
}

/// Another library's reading of the same document is the same cart, with all that is required.
void check_against_rewritten(std::string_view body, const CartRequest& cart) {
  const auto other = rewritten(body);
  if (!other) return;
  DocumentParser parser;
  const auto again = parse_cart(parser, *other, rules);
  require(again && same(cart, *again));
  const auto json = nlohmann::json::parse(*other);
  require(json.at("requestId").is_string());
  require(json.at("cartItems").empty() == cart.empty);
  for (const auto& item : json.at("cartItems")) require(item.at("quantity").at("unit").is_string());
  for (const auto& event : json.at("shoppingTrip").at("authEvents")) {
    require(begins_with_uuid(event.at("id").get<std::string>()));
  }
}

}  // namespace
}  // namespace gatehouse::gate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse::gate;
  static DocumentParser parser;  // used again and again, as at the gate
  const std::string_view body = as_text(data, size);
  const std::string masked = with_masked_card_numbers(body);
  require(masked.size() == body.size() && with_masked_card_numbers(masked) == masked);
  const auto cart = parse_cart(parser, body, rules);
  if (!cart) {
    require(!cart.error().field.empty());
    require(nlohmann::json::accept(error_answer(cart.error().message())));
    require(plain_name(cart.error().value) == cart.error().value);
    return 0;
  }
  check_fields(*cart);
  check_against_rewritten(body, *cart);
  return 0;
}
