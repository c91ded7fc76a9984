// What the local API changes: through the ledger thread, so that it is on disk before the answer.

#include "daemon/local/changes/local_state.hpp"
#include "daemon/local/request/answers.hpp"
#include "daemon/local/view/money_json.hpp"
#include "daemon/loop/commit.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"
#include "sync/amazon/checkout_cart.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

struct Price {
  Money amount;
  std::string checkout_cart;
};

http::Answer price_answer(store::PriceOutcome outcome, const std::string& trip_id) {
  switch (outcome) {
    case store::PriceOutcome::priced:
      return json_answer({{"tripId", trip_id}, {"outcome", "priced"}});
    case store::PriceOutcome::identical:
      return json_answer({{"tripId", trip_id}, {"outcome", "identical"}});
    case store::PriceOutcome::different:
      return error_answer(409, "another price is on record for this trip, and stands");
    case store::PriceOutcome::unknown:
      return error_answer(404, "no such trip in the ledger of this box");
    case store::PriceOutcome::not_priced:
      break;
  }
  return error_answer(
      409,
      "this trip takes no price: app entry, empty cart, jwo.settlement was none, or "
      "its time to be charged is over");
}

Result<Price> parse_price(const LocalOptions& options, const std::string& trip_id,
                          std::string_view body) {
  if (options.settlement == sync::SettlementMode::checkout) {
    auto cart = sync::checkout_cart_in(body, options.store_id, trip_id);
    if (!cart) return propagate(std::move(cart));
    if (!*cart) {
      return failure(Remedy::reject,
                     R"(jwo.settlement is "checkout": expected {"checkoutCart":{…}})");
    }
    return Price{(*cart)->total, std::move((*cart)->text)};
  }
  auto amount = money_in(nlohmann::ordered_json::parse(body, nullptr, false));
  if (!amount) return propagate(std::move(amount));
  return Price{*std::move(amount), ""};
}

}  // namespace

awaitable<http::Answer> LocalState::charge(std::string trip_id, std::string_view body) {
  auto price = parse_price(options, trip_id, body);
  if (!price) co_return error_answer(price.error());
  std::move_only_function<Result<store::PriceOutcome>(store::Ledger&)> work =
      [trip_id, price = std::move(*price), at = clock.wall()](store::Ledger& into) {
        return into.price(trip_id, price.amount, at, price.checkout_cart);
      };
  auto commit =
      loop::committed<store::PriceOutcome>(loop, writer, options.commit_deadline, std::move(work));
  const auto outcome = co_await std::move(commit);
  if (!outcome) co_return error_answer(outcome.error());
  counted_at.reset();
  co_return price_answer(*outcome, trip_id);
}

awaitable<http::Answer> LocalState::retry(std::string id) {
  const auto known = whole_number(id);
  if (!known) co_return error_answer(400, "the id of a record is a whole number");
  const std::int64_t delivery_id = *known;
  // Here, and not by the ledger thread, whose transaction would be lost by a look at a bad page.
  if (const auto whole = ledger.check(delivery_id); !whole) {
    co_return error_answer(whole.error().remedy == Remedy::repair ? 409 : 503,
                           "it is damaged and cannot be sent: " + whole.error().message);
  }
  std::move_only_function<Result<bool>(store::Ledger&)> work =
      [delivery_id, at = clock.wall()](store::Ledger& into) { return into.retry(delivery_id, at); };
  auto commit = loop::committed<bool>(loop, writer, options.commit_deadline, std::move(work));
  const auto done = co_await std::move(commit);
  if (!done) co_return error_answer(done.error());
  counted_at.reset();
  if (!*done) {
    co_return error_answer(404,
                           "no such record, it was delivered already, or it is a refund of more "
                           "than is left of what was captured");
  }
  co_return json_answer({{"id", delivery_id}, {"outcome", "due"}});
}

awaitable<http::Answer> LocalState::change(Action action, std::string argument,
                                           std::string_view body) {
  switch (action) {
    case Action::charge:
      return charge(std::move(argument), body);
    case Action::refund:
      return refund(std::move(argument), body);
    case Action::hold:
    case Action::release:
    case Action::cancel:
      return act(action, std::move(argument), body);
    case Action::retry_all:
      return retry_all(body);
    case Action::release_all:
      return release_all(body);
    case Action::accept_ledger:
      return accept_ledger(body);
    default:
      return retry(std::move(argument));
  }
}

}  // namespace gatehouse::local
