#include "daemon/gate/connector/cart_connector.hpp"

#include <utility>

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/routes.hpp"
#include "daemon/gate/decision/cart_fingerprint.hpp"
#include "daemon/gate/decision/policy.hpp"
#include "daemon/gate/decision/purchase_id.hpp"
#include "daemon/gate/request/cart_request.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/handover.hpp"
#include "store/values/printable.hpp"
#include "store/values/result.hpp"

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;

const std::string_view route = path_of(Connector::purchases);
/// A disk that takes longer gets a 503, before an API Gateway in front gives up (29 s,
/// connectors.md 9). The cart may still be recorded: its repetition then answers 201.
constexpr seconds commit_wait_max{20};

}  // namespace

CartConnector::CartConnector(std::shared_ptr<const GateOptions> options,
                             store::LedgerThread& ledger, std::shared_ptr<InteractionLog> log,
                             const Clock& clock, boost::asio::io_context& loop, Observer& observer)
    : options_(std::move(options)),
      ledger_(ledger),
      log_(std::move(log)),
      clock_(clock),
      loop_(loop),
      observer_(observer),
      store_id_check_(options_) {}

boost::asio::awaitable<http::Answer> CartConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  auto cart = read(request.body, began);
  const CallIds ids = call_ids(parser_);
  Outcome outcome{CartAnswer::invalid, {}};
  std::string refusal;
  if (cart) {
    auto recording = record(std::move(*cart));
    outcome = co_await std::move(recording);
  } else {
    refusal = cart.error().message();
    outcome.answer = {.status = 400, .body = error_answer(refusal)};
  }
  const SteadyTime ended = clock_.steady();
  observer_.cart_answered(outcome.counted, ended - began);
  log_->record({route, ids, outcome.answer.status, ended - began,
                reason_of(cart_answer_names, outcome.counted, refusal)},
               ended);
  co_return std::move(outcome.answer);
}

std::expected<store::NewCart, FieldError> CartConnector::read(std::string_view body,
                                                              SteadyTime now) {
  const auto cart = parse_cart(parser_, body);
  if (!cart) return propagate(cart);
  if (auto foreign = store_id_check_.check(cart->store_id, route, now)) {
    return std::unexpected(std::move(*foreign));
  }
  return store::NewCart{
      .trip_id = std::string(cart->trip_id),
      .purchase_id = cart->empty ? std::string{} : purchase_id_of(cart->store_id, cart->trip_id),
      .entry = cart->entry,
      .started_at = cart->started_at,
      .received_at = clock_.wall(),
      .fingerprint = cart_fingerprint(body, cart->request_id),
      .body = std::string(body),
      .first_settlement = first_settlement(cart->entry, cart->empty, options_->settlement),
  };
}

boost::asio::awaitable<CartConnector::Outcome> CartConnector::record(store::NewCart cart) {
  using Receipt = Result<store::CartReceipt>;
  const std::string trip_id = cart.trip_id;
  const auto handover = std::make_shared<loop::Handover<Receipt>>(loop_);
  const bool accepted = ledger_.submit<store::CartReceipt>(
      [cart = std::move(cart)](store::Ledger& ledger) { return ledger.append(cart); },
      handover->sender());
  if (!accepted) co_return unavailable("too many carts wait for the disk");
  const std::optional<Receipt> receipt = co_await handover->receive(commit_wait_max);
  if (!receipt) co_return unavailable("the disk did not take a cart in time");
  if (!*receipt) co_return unavailable(receipt->error().message);
  co_return acknowledge(**receipt, trip_id);
}

CartConnector::Outcome CartConnector::acknowledge(const store::CartReceipt& receipt,
                                                  std::string_view trip_id) {
  http::Answer answer{.status = 201, .body = purchase_answer(receipt.purchase_id)};
  switch (receipt.outcome) {
    case store::CartOutcome::recorded:
      return {CartAnswer::recorded, std::move(answer)};
    case store::CartOutcome::repeated:
      return {CartAnswer::repeated, std::move(answer)};
    case store::CartOutcome::differing:
      break;
  }
  if (const auto suppressed = differing_log_limit_.pass(clock_.steady())) {
    log::warn("{}: trip {} came again with another cart: the first one stands{}", route,
              printable(trip_id), suppressed_note(*suppressed));
  }
  return {CartAnswer::differing, std::move(answer)};
}

CartConnector::Outcome CartConnector::unavailable(std::string_view reason) {
  if (const auto suppressed = unavailable_log_limit_.pass(clock_.steady())) {
    log::error("{}: a cart was not recorded and answered with 503: {}{}", route, reason,
               suppressed_note(*suppressed));
  }
  return {CartAnswer::unavailable,
          {.status = 503,
           .body = error_answer("the cart could not be recorded now; send it again"),
           .headers = {{"Retry-After", "1"}}}};
}

}  // namespace gatehouse::gate
