#include "daemon/gate/gate.hpp"

#include <openssl/crypto.h>

#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <expected>

#include "daemon/gate/call/answer_call.hpp"
#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/routes.hpp"
#include "daemon/log/log.hpp"
#include "daemon/log/log_limit.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::gate {
namespace {

/// The route of a line about a request that none was found for, or looked for.
constexpr std::string_view unmatched = "-";

boost::asio::awaitable<http::Answer> at_once(http::Answer answer) {
  co_return answer;
}

using Connectors = std::array<std::unique_ptr<Connector>, routes.size()>;

/// One of each that is served, in that order.
Connectors make_connectors(const CallContext& context) {
  return std::apply(
      [&context]<class... Each>(const Served<Each>&...) {
        return Connectors{make_connector<Each>(context)...};
      },
      served);
}

/// Takes as long for a wrong token as for the right one of the same length.
bool is_bearer(std::string_view authorization, std::string_view token) {
  constexpr std::string_view scheme = "Bearer ";
  if (!boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)) return false;
  authorization.remove_prefix(scheme.size());
  return authorization.size() == token.size() &&
         CRYPTO_memcmp(authorization.data(), token.data(), token.size()) == 0;
}

}  // namespace

struct Gate::State {
  State(GateOptions options, store::CacheReader cache, store::LedgerThread& ledger,
        const Clock& clock, boost::asio::io_context& loop, Observer& observer, AskCloud ask_cloud,
        AskClock ask_clock)
      : options_(std::move(options)),
        log_(options_),
        lookup_(options_, std::move(cache), clock, loop, std::move(ask_cloud),
                std::move(ask_clock)),
        parser_(make_parser()),
        context_{options_, lookup_, log_, clock, observer, *parser_, ledger, loop},
        connectors_(make_connectors(context_)) {}

  /// What the header alone decides.
  [[nodiscard]] std::expected<ConnectorId, http::Answer> admit(const http::Request& request);
  [[nodiscard]] bool is_authorised(const http::Request& request) const;
  [[nodiscard]] http::Answer unauthorised(const http::Request& request);
  [[nodiscard]] http::Answer not_found(const http::Request& request);
  [[nodiscard]] http::Answer not_configured();
  [[nodiscard]] http::Answer wrong_method(ConnectorId connector);
  /// Counts and tells what no connector looks at.
  void refuse(std::string_view route, unsigned status, std::string_view reason);
  /// Counts what may have been a cart, and was not received.
  void note_turned_away(const http::Request& request, unsigned status);

  GateOptions options_;
  InteractionLog log_;
  ShopperLookup lookup_;
  std::shared_ptr<DocumentParser> parser_;
  const CallContext context_;
  Connectors connectors_;
  log::LogLimit unauthorised_log_limit_;
  log::LogLimit not_found_log_limit_;
};

std::expected<ConnectorId, http::Answer> Gate::State::admit(const http::Request& request) {
  if (!is_authorised(request)) return std::unexpected(unauthorised(request));
  const auto connector = find_connector(request.path(), options_.path_prefix);
  if (!connector) return std::unexpected(not_found(request));
  if (request.method_text != connector_method) return std::unexpected(wrong_method(*connector));
  if (*connector == id_of<AuthorizationConnector> && !options_.shopper_authorization) {
    return std::unexpected(not_configured());
  }
  return *connector;
}

bool Gate::State::is_authorised(const http::Request& request) const {
  if (options_.bearer_token.empty()) return true;
  const auto field = request.fields.find(boost::beast::http::field::authorization);
  return field != request.fields.end() && is_bearer(field->value(), options_.bearer_token);
}

http::Answer Gate::State::unauthorised(const http::Request& request) {
  refuse(unmatched, 401, "no valid bearer token");
  note_turned_away(request, 401);
  if (const auto suppressed = unauthorised_log_limit_.pass(context_.clock.steady())) {
    log::warn("a request without a valid bearer token was answered 401{}",
              log::suppressed_note(*suppressed));
  }
  return {
      .status = 401,
      .body = error_answer("Authorization is missing or wrong; expected the gate's bearer token"),
      .headers = {{"WWW-Authenticate", "Bearer"}},
      .close = true};
}

http::Answer Gate::State::not_found(const http::Request& request) {
  refuse(unmatched, 404, "no route matches");
  if (const auto suppressed = not_found_log_limit_.pass(context_.clock.steady())) {
    log::warn("no route matches {} {}: answered 404; the nearest is {} {}{}{}",
              printable(request.method_text, 16), printable(request.path(), 128), connector_method,
              options_.path_prefix, nearest_route(request.path()),
              log::suppressed_note(*suppressed));
  }
  return {.status = 404, .body = error_answer("no connector is served on this path")};
}

http::Answer Gate::State::not_configured() {
  constexpr std::string_view reason =
      "this connector is not configured: gate.shopper_authorization";
  refuse(path_of<AuthorizationConnector>, 404, reason);
  return {.status = 404, .body = error_answer(reason)};
}

http::Answer Gate::State::wrong_method(ConnectorId connector) {
  refuse(route_of(connector).path, 405, "the method is not POST");
  return {.status = 405,
          .body = error_answer("this connector expects POST"),
          .headers = {{"Allow", std::string(connector_method)}}};
}

void Gate::State::note_turned_away(const http::Request& request, unsigned status) {
  if (find_connector(request.path(), options_.path_prefix) != id_of<CartConnector>) return;
  context_.observer.cart_turned_away(status, context_.clock.wall());
}

void Gate::State::refuse(std::string_view route, unsigned status, std::string_view reason) {
  context_.observer.request_refused(status);
  log_.record({route, {}, status, {}, reason}, context_.clock.steady());
}

Gate::Gate(GateOptions options, store::CacheReader cache, store::LedgerThread& ledger,
           const Clock& clock, boost::asio::io_context& loop, Observer& observer,
           AskCloud ask_cloud, AskClock ask_clock)
    : state_(std::make_shared<State>(std::move(options), std::move(cache), ledger, clock, loop,
                                     observer, std::move(ask_cloud), std::move(ask_clock))) {}

Gate::~Gate() = default;

http::Handler Gate::handler() {
  return [state = state_](const http::Request& request) {
    auto connector = state->admit(request);
    if (!connector) return at_once(std::move(connector.error()));
    return answer_call({state, &state->context_}, *connector,
                       *state->connectors_[std::to_underlying(*connector)], request);
  };
}

http::HeaderCheck Gate::header_check() {
  return [state = state_](const http::Request& request) -> std::optional<http::Answer> {
    auto connector = state->admit(request);
    if (connector) return std::nullopt;
    return std::move(connector.error());
  };
}

http::RefusalObserver Gate::refusal_observer() {
  return [state = state_](const http::Request& request, unsigned status) {
    if (status == 413) state->note_turned_away(request, status);
  };
}

store::CacheReader Gate::exchange_cache(store::CacheReader cache) {
  return state_->lookup_.exchange_cache(std::move(cache));
}

void Gate::reload(GateOptions options) {
  state_->options_ = std::move(options);
}

}  // namespace gatehouse::gate
