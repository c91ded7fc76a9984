#include "daemon/gate/connector/cart_connector.hpp"

#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/make_connector.hpp"
#include "daemon/gate/decision/cart_fingerprint.hpp"
#include "daemon/gate/decision/policy.hpp"
#include "daemon/gate/decision/purchase_id.hpp"
#include "daemon/gate/request/cart_request.hpp"
#include "daemon/log/log.hpp"

namespace gatehouse::gate {
namespace {

store::NewCart new_cart(const CartRequest& cart, std::string_view body, WallTime received_at,
                        sync::SettlementMode settlement) {
  return {
      .trip_id = std::string(cart.trip_id),
      .purchase_id = cart.empty ? std::string{} : purchase_id_of(cart.store_id, cart.trip_id),
      .entry = cart.entry,
      .started_at = cart.started_at,
      .received_at = received_at,
      .fingerprint = cart_fingerprint(body, cart.request_id),
      .body = std::string(body),
      .first_settlement = first_settlement(cart.entry, cart.empty, settlement),
      .store_id = std::string(cart.store_id),
  };
}

}  // namespace

CartConnector::CartConnector(const CallContext& context)
    : context_(context),
      store_id_check_(context.options, path_of<CartConnector>),
      refused_carts_(context) {}

Resolution CartConnector::resolve(const Call& call) {
  const auto cart = store_id_check_.of_this_store(
      parse_cart(context_.parser, call.body, context_.options.cart_rules), call.began);
  if (!cart) {
    refused_carts_.keep(call, cart.error().logged());
    return bad_request(CartAnswer::invalid, cart.error());
  }
  Resolution resolution{CartAnswer::unavailable, {}};
  resolution.recording = {
      [cart = new_cart(*cart, call.body, context_.clock.wall(), context_.options.settlement)](
          store::Ledger& ledger) { return ledger.append(cart); },
      [this](const Result<store::CartReceipt>& receipt, const CallIds& ids) {
        return receipt ? acknowledge(*receipt, ids) : unavailable(receipt.error().message);
      }};
  return resolution;
}

Resolution CartConnector::acknowledge(const store::CartReceipt& receipt, const CallIds& ids) {
  http::Answer answer{.status = 201, .body = purchase_answer(receipt.purchase_id)};
  switch (receipt.outcome) {
    case store::CartOutcome::recorded:
      return {CartAnswer::recorded, std::move(answer)};
    case store::CartOutcome::repeated:
      return {CartAnswer::repeated, std::move(answer)};
    case store::CartOutcome::differing:
      break;
  }
  if (const auto suppressed = differing_log_limit_.pass(context_.clock.steady())) {
    log::warn("{}: trip {} was sent again with a different cart; the first one is used{}",
              path_of<CartConnector>, ids.trip_id.shown(), log::suppressed_note(*suppressed));
  }
  return {CartAnswer::differing, std::move(answer)};
}

Resolution CartConnector::unavailable(std::string_view reason) {
  if (const auto suppressed = unavailable_log_limit_.pass(context_.clock.steady())) {
    log::error("{}: a cart was answered with 503: {}{}", path_of<CartConnector>, reason,
               log::suppressed_note(*suppressed));
  }
  return {CartAnswer::unavailable,
          {.status = 503,
           .body = error_answer("the cart could not be recorded now; send it again"),
           .headers = {{"Retry-After", "1"}}}};
}

template std::unique_ptr<Connector> make_connector<CartConnector>(const CallContext& context);

}  // namespace gatehouse::gate
