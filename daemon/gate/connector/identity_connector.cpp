#include "daemon/gate/connector/identity_connector.hpp"

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/routes.hpp"
#include "daemon/gate/request/identity_request.hpp"

namespace gatehouse::gate {
namespace {

const std::string_view route = path_of(Connector::identity_keys);

}  // namespace

IdentityConnector::IdentityConnector(std::shared_ptr<const GateOptions> options,
                                     std::shared_ptr<ShopperLookup> lookup,
                                     std::shared_ptr<InteractionLog> log, const Clock& clock,
                                     Observer& observer)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      log_(std::move(log)),
      clock_(clock),
      observer_(observer),
      store_id_check_(options_) {}

boost::asio::awaitable<http::Answer> IdentityConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  if (!caller_limit_.pass(request.peer_address, options_->identity_keys_per_second, began)) {
    co_return too_many(began);
  }
  Resolution resolution = resolve(request.body, began);
  const CallIds ids = call_ids(parser_);
  if (resolution.decision.verdict == Verdict::ask_cloud) {
    auto cloud_answer = co_await lookup_->ask_cloud(route, request.body);
    if (cloud_answer && is_identity_answer(parser_, *cloud_answer)) {
      resolution.decision.outcome = ScanOutcome::asked_cloud;
      resolution.answer = {.status = 200, .body = std::move(*cloud_answer)};
    }
  }
  const ScanOutcome outcome = resolution.decision.outcome;
  const SteadyTime ended = clock_.steady();
  observer_.identity_answered(outcome, ended - began);
  log_->record({route, ids, resolution.answer.status, ended - began,
                reason_of(scan_outcome_names, outcome, resolution.refusal)},
               ended);
  co_return std::move(resolution.answer);
}

IdentityConnector::Resolution IdentityConnector::resolve(std::string_view body, SteadyTime now) {
  const auto refused = [](const FieldError& error) -> Resolution {
    std::string message = error.message();
    return {{Verdict::reject, ScanOutcome::invalid},
            {.status = 400, .body = error_answer(message)},
            std::move(message)};
  };
  auto identity = parse_identity(parser_, body, options_->key_channels);
  if (!identity) return refused(identity.error());
  if (const auto foreign = store_id_check_.check(identity->store_id, route, now)) {
    return refused(*foreign);  // 3.8
  }
  std::optional<std::string> code = std::move(identity->code);
  const auto match = lookup_->find({&code, 1}, identity->event_at, now);
  const ScanDecision decision = lookup_->decide(match.word, now);
  if (decision.verdict == Verdict::accept) {
    return {decision,
            {.status = 200, .body = identity_answer(match.shopper.shopper_id, match.shopper.role)}};
  }
  return {decision,
          {.status = 401, .body = error_answer("the identity key is not valid at this store")}};
}

http::Answer IdentityConnector::too_many(SteadyTime now) {
  observer_.request_refused(429);
  log_->record({route, {}, 429, {}, "beyond gate.identity_keys_per_second"}, now);
  return {.status = 429,
          .body = error_answer("too many identity keys from this caller; try again later"),
          .headers = {{"Retry-After", "1"}}};
}

}  // namespace gatehouse::gate
