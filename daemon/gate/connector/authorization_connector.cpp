#include "daemon/gate/connector/authorization_connector.hpp"

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/routes.hpp"

namespace gatehouse::gate {
namespace {

const std::string_view route = path_of(Connector::shopper_authorization);

}  // namespace

AuthorizationConnector::AuthorizationConnector(std::shared_ptr<const GateOptions> options,
                                               std::shared_ptr<ShopperLookup> lookup,
                                               std::shared_ptr<InteractionLog> log,
                                               const Clock& clock, Observer& observer)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      log_(std::move(log)),
      clock_(clock),
      observer_(observer),
      store_id_check_(options_) {}

boost::asio::awaitable<http::Answer> AuthorizationConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  Resolution resolution = resolve(request.body, began);
  const SteadyTime ended = clock_.steady();
  observer_.authorization_answered(resolution.counted, ended - began);
  log_->record({route, call_ids(parser_), resolution.answer.status, ended - began,
                reason_of(authorization_answer_names, resolution.counted, resolution.reason)},
               ended);
  co_return std::move(resolution.answer);
}

AuthorizationConnector::Resolution AuthorizationConnector::resolve(std::string_view body,
                                                                   SteadyTime now) {
  const auto refused = [](const FieldError& error) -> Resolution {
    std::string message = error.message();
    return {AuthorizationAnswer::invalid,
            {.status = 400, .body = error_answer(message)},
            std::move(message)};
  };
  const auto request = parse_authorization(parser_, body);
  if (!request) return refused(request.error());  // 7a.12
  if (const auto foreign = store_id_check_.check(request->store_id, route, now)) {
    return refused(*foreign);  // 7a.13
  }
  const auto instrument = lookup_->instrument(request->instrument_id, now);
  auto word = InstrumentFinding::unavailable;
  if (instrument) word = *instrument ? InstrumentFinding::known : InstrumentFinding::unknown;
  const auto decision = authorize(
      *request, word, instrument ? instrument->value_or(store::Instrument{}) : store::Instrument{},
      options_->authorization);
  return {decision.counted,
          {.status = 200, .body = authorization_answer(decision.authorization)},
          std::string(decision.reason)};
}

}  // namespace gatehouse::gate
