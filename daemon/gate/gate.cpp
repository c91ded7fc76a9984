#include "daemon/gate/gate.hpp"

#include <openssl/crypto.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <expected>

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/authorization_connector.hpp"
#include "daemon/gate/connector/cart_connector.hpp"
#include "daemon/gate/connector/details_connector.hpp"
#include "daemon/gate/connector/identity_connector.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/log_limit.hpp"
#include "daemon/gate/connector/routes.hpp"
#include "daemon/gate/connector/scan_connector.hpp"
#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::gate {
namespace {

/// The route of a line about a request that none was found for, or looked for.
constexpr std::string_view unmatched = "-";

boost::asio::awaitable<http::Answer> at_once(http::Answer answer) {
  co_return answer;
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
  State(GateOptions given, store::CacheReader cache, store::LedgerThread& ledger,
        const Clock& its_clock, boost::asio::io_context& loop, Observer& its_observer,
        AskCloud ask_cloud)
      : clock(its_clock),
        observer(its_observer),
        options(std::make_shared<GateOptions>(std::move(given))),
        log(std::make_shared<InteractionLog>(options)),
        lookup(std::make_shared<ShopperLookup>(options, std::move(cache), clock, loop,
                                               std::move(ask_cloud))),
        scan(std::make_shared<ScanConnector>(options, lookup, log, clock, observer)),
        identity(std::make_shared<IdentityConnector>(options, lookup, log, clock, observer)),
        details(std::make_shared<DetailsConnector>(options, lookup, log, clock, observer)),
        authorization(
            std::make_shared<AuthorizationConnector>(options, lookup, log, clock, observer)),
        cart(std::make_shared<CartConnector>(options, ledger, log, clock, loop, observer)) {}

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);
  /// What the header alone decides.
  [[nodiscard]] std::expected<Connector, http::Answer> admit(const http::Request& request);
  [[nodiscard]] bool is_authorised(const http::Request& request) const;
  [[nodiscard]] http::Answer unauthorised();
  [[nodiscard]] http::Answer not_found(const http::Request& request);
  [[nodiscard]] http::Answer not_configured();
  [[nodiscard]] http::Answer wrong_method(Connector connector);
  /// Counts and tells what no connector looks at.
  void refuse(std::string_view route, unsigned status, std::string_view reason);

  const Clock& clock;
  Observer& observer;
  std::shared_ptr<GateOptions> options;
  std::shared_ptr<InteractionLog> log;
  std::shared_ptr<ShopperLookup> lookup;
  std::shared_ptr<ScanConnector> scan;
  std::shared_ptr<IdentityConnector> identity;
  std::shared_ptr<DetailsConnector> details;
  std::shared_ptr<AuthorizationConnector> authorization;
  std::shared_ptr<CartConnector> cart;
  LogLimit unauthorised_log_limit;
  LogLimit not_found_log_limit;
};

std::expected<Connector, http::Answer> Gate::State::admit(const http::Request& request) {
  if (!is_authorised(request)) return std::unexpected(unauthorised());
  const auto connector = find_connector(request.path(), options->path_prefix);
  if (!connector) return std::unexpected(not_found(request));
  if (request.method_text != connector_method) return std::unexpected(wrong_method(*connector));
  if (*connector == Connector::shopper_authorization && !options->shopper_authorization) {
    return std::unexpected(not_configured());
  }
  return *connector;
}

boost::asio::awaitable<http::Answer> Gate::State::answer(const http::Request& request) {
  auto connector = admit(request);
  if (!connector) return at_once(std::move(connector.error()));
  switch (*connector) {
    case Connector::scan:
      return scan->answer(request);
    case Connector::identity_keys:
      return identity->answer(request);
    case Connector::scan_details:
      return details->answer(request);
    case Connector::shopper_authorization:
      return authorization->answer(request);
    case Connector::purchases:
      return cart->answer(request);
  }
  return at_once(not_found(request));
}

bool Gate::State::is_authorised(const http::Request& request) const {
  if (options->bearer_token.empty()) return true;
  const auto field = request.fields.find(boost::beast::http::field::authorization);
  return field != request.fields.end() && is_bearer(field->value(), options->bearer_token);
}

http::Answer Gate::State::unauthorised() {
  refuse(unmatched, 401, "without the right bearer token");
  if (const auto suppressed = unauthorised_log_limit.pass(clock.steady())) {
    log::warn("a request came without the right bearer token: answered 401{}",
              suppressed_note(*suppressed));
  }
  return {.status = 401,
          .body = error_answer("Authorization is missing or wrong; expected the bearer token that "
                               "this gate was given"),
          .headers = {{"WWW-Authenticate", "Bearer"}},
          .close = true};
}

http::Answer Gate::State::not_found(const http::Request& request) {
  refuse(unmatched, 404, "no route matches");
  if (const auto suppressed = not_found_log_limit.pass(clock.steady())) {
    log::warn("no route matches {} {}: answered 404; the nearest is {} {}{}{}",
              printable(request.method_text, 16), printable(request.path(), 128), connector_method,
              options->path_prefix, nearest_route(request.path()), suppressed_note(*suppressed));
  }
  return {.status = 404, .body = error_answer("no connector is served on this path")};
}

http::Answer Gate::State::not_configured() {
  constexpr std::string_view reason =
      "this connector is not configured: gate.shopper_authorization";
  refuse(path_of(Connector::shopper_authorization), 404, reason);
  return {.status = 404, .body = error_answer(reason)};
}

http::Answer Gate::State::wrong_method(Connector connector) {
  refuse(path_of(connector), 405, "another method than POST");
  return {.status = 405,
          .body = error_answer("this connector is called by POST"),
          .headers = {{"Allow", std::string(connector_method)}}};
}

void Gate::State::refuse(std::string_view route, unsigned status, std::string_view reason) {
  observer.request_refused(status);
  log->record({route, {}, status, {}, reason}, clock.steady());
}

Gate::Gate(GateOptions options, store::CacheReader cache, store::LedgerThread& ledger,
           const Clock& clock, boost::asio::io_context& loop, Observer& observer,
           AskCloud ask_cloud)
    : state_(std::make_shared<State>(std::move(options), std::move(cache), ledger, clock, loop,
                                     observer, std::move(ask_cloud))) {}

Gate::~Gate() = default;

http::Handler Gate::handler() {
  return [state = state_](const http::Request& request) { return state->answer(request); };
}

http::HeaderCheck Gate::header_check() {
  return [state = state_](const http::Request& request) -> std::optional<http::Answer> {
    auto connector = state->admit(request);
    if (connector) return std::nullopt;
    return std::move(connector.error());
  };
}

void Gate::reload(GateOptions options) {
  *state_->options = std::move(options);
}

}  // namespace gatehouse::gate
