#include "daemon/gate/gate.hpp"

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include "daemon/gate/answers.hpp"
#include "daemon/gate/cart_connector.hpp"
#include "daemon/gate/log_limit.hpp"
#include "daemon/gate/printable.hpp"
#include "daemon/gate/routes.hpp"
#include "daemon/gate/scan_connector.hpp"

namespace gatehouse::gate {
namespace {

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
  State(GateOptions given, store::CacheReader cache, store::LedgerWriter& ledger,
        const Clock& its_clock, boost::asio::io_context& loop, Observer& its_observer,
        AskCloud ask_cloud)
      : clock(its_clock),
        observer(its_observer),
        options(std::make_shared<GateOptions>(std::move(given))),
        scan(std::make_shared<ScanConnector>(options, std::move(cache), clock, loop, observer,
                                             std::move(ask_cloud))),
        cart(std::make_shared<CartConnector>(options, ledger, clock, loop, observer)) {}

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);
  [[nodiscard]] bool is_authorised(const http::Request& request) const;
  [[nodiscard]] http::Answer unauthorised();
  [[nodiscard]] http::Answer not_found(const http::Request& request);
  [[nodiscard]] http::Answer wrong_method();

  const Clock& clock;
  Observer& observer;
  std::shared_ptr<GateOptions> options;
  std::shared_ptr<ScanConnector> scan;
  std::shared_ptr<CartConnector> cart;
  LogLimit unauthorised_log_limit;
  LogLimit not_found_log_limit;
};

boost::asio::awaitable<http::Answer> Gate::State::answer(const http::Request& request) {
  if (!is_authorised(request)) return at_once(unauthorised());
  const auto connector = find_connector(request.path());
  if (!connector) return at_once(not_found(request));
  if (request.method_text != connector_method) return at_once(wrong_method());
  switch (*connector) {
    case Connector::scan:
      return scan->answer(request);
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
  observer.request_refused(401);
  if (const auto swallowed = unauthorised_log_limit.pass(clock.steady())) {
    spdlog::warn("a request came without the right bearer token: answered 401{}",
                 swallowed_note(*swallowed));
  }
  return {.status = 401,
          .body = error_answer("Authorization is missing or wrong; expected the bearer token that "
                               "this gate was given"),
          .headers = {{"WWW-Authenticate", "Bearer"}}};
}

http::Answer Gate::State::not_found(const http::Request& request) {
  observer.request_refused(404);
  if (const auto swallowed = not_found_log_limit.pass(clock.steady())) {
    spdlog::warn("no route matches {} {}: answered 404; the nearest is {} {}{}",
                 printable(request.method_text, 16), printable(request.path(), 128),
                 connector_method, nearest_route(request.path()), swallowed_note(*swallowed));
  }
  return {.status = 404, .body = error_answer("no connector is served on this path")};
}

http::Answer Gate::State::wrong_method() {
  observer.request_refused(405);
  return {.status = 405,
          .body = error_answer("this connector is called by POST"),
          .headers = {{"Allow", std::string(connector_method)}}};
}

Gate::Gate(GateOptions options, store::CacheReader cache, store::LedgerWriter& ledger,
           const Clock& clock, boost::asio::io_context& loop, Observer& observer,
           AskCloud ask_cloud)
    : state_(std::make_shared<State>(std::move(options), std::move(cache), ledger, clock, loop,
                                     observer, std::move(ask_cloud))) {}

Gate::~Gate() = default;

http::Handler Gate::handler() {
  return [state = state_](const http::Request& request) { return state->answer(request); };
}

void Gate::reload(GateOptions options) {
  *state_->options = std::move(options);
}

}  // namespace gatehouse::gate
