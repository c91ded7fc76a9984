#include "daemon/gate/connector/details_connector.hpp"

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/routes.hpp"
#include "daemon/gate/request/details_request.hpp"

namespace gatehouse::gate {
namespace {

const std::string_view route = path_of(Connector::scan_details);

http::Answer not_found() {
  return {.status = 404, .body = error_answer("no loyalty is known for this scanResult.id")};
}

}  // namespace

DetailsConnector::DetailsConnector(std::shared_ptr<const GateOptions> options,
                                   std::shared_ptr<ShopperLookup> lookup,
                                   std::shared_ptr<InteractionLog> log, const Clock& clock,
                                   Observer& observer)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      log_(std::move(log)),
      clock_(clock),
      observer_(observer),
      store_id_check_(options_) {}

boost::asio::awaitable<http::Answer> DetailsConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  Resolution resolution = resolve(request.body, began);
  const CallIds ids = call_ids(parser_);
  if (resolution.is_unknown && lookup_->may_ask_cloud()) {
    auto cloud_answer = co_await lookup_->ask_cloud(route, request.body);
    if (cloud_answer && is_details_answer(parser_, *cloud_answer)) {
      resolution.counted = DetailsAnswer::asked_cloud;
      resolution.answer = {.status = 200, .body = std::move(*cloud_answer)};
    }
  }
  const SteadyTime ended = clock_.steady();
  observer_.details_answered(resolution.counted, ended - began);
  log_->record({route, ids, resolution.answer.status, ended - began,
                reason_of(details_answer_names, resolution.counted, resolution.refusal)},
               ended);
  co_return std::move(resolution.answer);
}

DetailsConnector::Resolution DetailsConnector::resolve(std::string_view body, SteadyTime now) {
  const auto refused = [](const FieldError& error) -> Resolution {
    std::string message = error.message();
    return {DetailsAnswer::invalid,
            false,
            {.status = 400, .body = error_answer(message)},
            std::move(message)};
  };
  const auto details = parse_details(parser_, body);
  if (!details) return refused(details.error());
  if (const auto foreign = store_id_check_.check(details->store_id, route, now)) {
    return refused(*foreign);
  }
  const auto loyalty = lookup_->loyalty(details->id, now);
  if (!loyalty) {
    return {DetailsAnswer::unavailable,
            false,
            {.status = 500, .body = error_answer("the shopper cache cannot be read now")}};
  }
  if (!*loyalty) return {DetailsAnswer::not_found, true, not_found()};
  return found(**loyalty);
}

DetailsConnector::Resolution DetailsConnector::found(const store::Loyalty& loyalty) {
  const auto answer = loyalty.status == store::Status::active && !loyalty.json.empty()
                          ? details_answer(loyalty_parser_, loyalty.json)
                          : std::nullopt;
  if (!answer) return {DetailsAnswer::not_found, false, not_found()};
  return {DetailsAnswer::found, false, {.status = 200, .body = *answer}};
}

}  // namespace gatehouse::gate
