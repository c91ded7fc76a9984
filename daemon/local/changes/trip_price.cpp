#include "daemon/local/changes/trip_price.hpp"

#include <nlohmann/json.hpp>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/result.hpp"
#include "sync/amazon/checkout_cart.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

struct Price {
  Money amount;
  std::string checkout_cart;
  bool free = false;
};

http::Answer price_answer(store::PriceOutcome outcome, const std::string& trip_id) {
  switch (outcome) {
    case store::PriceOutcome::priced:
      return json_answer({{"tripId", trip_id}, {"outcome", "priced"}});
    case store::PriceOutcome::identical:
      return json_answer({{"tripId", trip_id}, {"outcome", "identical"}});
    case store::PriceOutcome::replaced:
      return json_answer({{"tripId", trip_id}, {"outcome", "replaced"}});
    case store::PriceOutcome::held:
      return json_answer({{"tripId", trip_id}, {"outcome", "held"}});
    case store::PriceOutcome::different:
      return error_answer(409,
                          "this trip already has a different price, which stays in effect: only "
                          "that of a held charge can be replaced, while nothing may have been "
                          "captured or cancelled");
    case store::PriceOutcome::unknown:
      return error_answer(404, "no such trip in the ledger of this box");
    case store::PriceOutcome::not_priced:
      break;
  }
  return error_answer(409,
                      "this trip cannot be priced: app entry, empty cart, jwo.settlement was none, "
                      "or the time to charge it has passed");
}

Result<Price> parse_price(const ChangeContext& context, const std::string& trip_id,
                          std::string_view body) {
  if (context.options.settlement == sync::SettlementMode::checkout) {
    const auto trip = context.ledger.reader().trip(trip_id);
    if (!trip) return propagate(trip);
    const std::string own = *trip ? (*trip)->store_id : "";
    const auto store = store::store_of_trip(own, context.options.store_id);
    auto cart = sync::checkout_cart_in(body, store, trip_id);
    if (!cart) return propagate(std::move(cart));
    if (!*cart) {
      return failure(Remedy::reject,
                     R"(jwo.settlement is "checkout": expected {"checkoutCart":{…}})");
    }
    return Price{(*cart)->total, std::move((*cart)->text), false};
  }
  const auto document = read_body(body);
  if (!document) return propagate(document);
  auto amount = money_in(*document);
  if (!amount) return propagate(std::move(amount));
  const sync::JsonValue free = (*document)["free"];
  if (!free.is(sync::JsonKind::missing) && !free.boolean()) {
    return failure(Remedy::reject, "free: expected true or false");
  }
  return Price{*std::move(amount), "", free.boolean() == true};
}

}  // namespace

awaitable<http::Answer> price_trip(ChangeContext context, std::string trip_id,
                                   std::string_view body) {
  auto price = parse_price(context, trip_id, body);
  if (!price) co_return error_answer(price.error());
  std::move_only_function<Result<store::PriceOutcome>(store::Ledger&)> work =
      [trip_id, price = std::move(*price), at = context.clock.wall()](store::Ledger& into) {
        return into.price(trip_id, price.amount, at, price.checkout_cart, price.free);
      };
  auto commit = context.ledger.commit<store::PriceOutcome>(std::move(work));
  const auto outcome = co_await std::move(commit);
  if (!outcome) co_return error_answer(outcome.error());
  co_return price_answer(*outcome, trip_id);
}

}  // namespace gatehouse::local
