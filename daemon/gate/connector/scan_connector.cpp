#include "daemon/gate/connector/scan_connector.hpp"

#include "daemon/gate/connector/answers.hpp"
#include "daemon/gate/connector/routes.hpp"
#include "daemon/gate/request/scan_request.hpp"
#include "store/values/json_text.hpp"

namespace gatehouse::gate {
namespace {

const std::string_view route = path_of(Connector::scan);

http::Answer ok(std::string body) {
  return {.status = 200, .body = std::move(body)};
}

}  // namespace

ScanConnector::ScanConnector(std::shared_ptr<const GateOptions> options,
                             std::shared_ptr<ShopperLookup> lookup,
                             std::shared_ptr<InteractionLog> log, const Clock& clock,
                             Observer& observer)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      log_(std::move(log)),
      clock_(clock),
      observer_(observer),
      store_id_check_(options_) {}

boost::asio::awaitable<http::Answer> ScanConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  Resolution resolution = resolve(request.body, began);
  const CallIds ids = call_ids(parser_);
  if (resolution.decision.verdict == Verdict::ask_cloud) {
    auto cloud_answer = co_await lookup_->ask_cloud(route, request.body);
    if (cloud_answer && is_scan_answer(parser_, *cloud_answer)) {
      resolution.decision.outcome = ScanOutcome::asked_cloud;
      resolution.answer = ok(std::move(*cloud_answer));
    }
  }
  const ScanOutcome outcome = resolution.decision.outcome;
  const SteadyTime ended = clock_.steady();
  observer_.scan_answered(outcome, ended - began);
  log_->record({route, ids, resolution.answer.status, ended - began,
                reason_of(scan_outcome_names, outcome, resolution.refusal)},
               ended);
  co_return std::move(resolution.answer);
}

ScanConnector::Resolution ScanConnector::resolve(std::string_view body, SteadyTime now) {
  const auto refused = [](const FieldError& error) -> Resolution {
    std::string message = error.message();
    return {{Verdict::reject, ScanOutcome::invalid},
            {.status = 400, .body = error_answer(message)},
            std::move(message)};
  };
  const auto scan = parse_scan(parser_, body);
  if (!scan) return refused(scan.error());
  if (const auto foreign = store_id_check_.check(scan->store_id, route, now)) {
    return refused(*foreign);
  }
  ScanCodes codes = codes_of(*scan);
  const auto match = lookup_->find(codes.candidates, scan->event_at, now);
  const ScanDecision decision = lookup_->decide(match.word, now);
  if (decision.verdict == Verdict::accept) {
    return {decision, ok(scan_answer(accepted_id(match), match.shopper.role, ScanAction::accept))};
  }
  const std::string& code = match.code.empty() ? codes.shown : match.code;
  return {decision, ok(scan_answer(code, store::Role::shopper, ScanAction::reject))};
}

std::string_view ScanConnector::accepted_id(const ShopperLookup::Match& match) const {
  // A code that is too long for an answer cannot come back whole in the cart: the shopper's id can.
  const bool code_fits = count_characters(match.code) <= answer_id_characters_max;
  if (options_->accepted_id == AcceptedId::code && code_fits) return match.code;
  return match.shopper.shopper_id;
}

}  // namespace gatehouse::gate
