#include "daemon/gate/connector/identity_connector.hpp"

#include <array>

#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/make_connector.hpp"
#include "daemon/gate/request/base64.hpp"
#include "daemon/gate/request/identity_request.hpp"

namespace gatehouse::gate {
namespace {

Resolution too_many() {
  return {
      .counted = std::nullopt,
      .answer = {.status = 429,
                 .body = error_answer("too many identity keys from this caller; try again later"),
                 .headers = {{"Retry-After", "1"}}},
      .reason = "beyond gate.identity_keys_per_second"};
}

Resolution not_valid(const ScanDecision& decision) {
  Resolution resolution{
      decision.outcome,
      {.status = 401, .body = error_answer("the identity key is not valid at this store")}};
  if (decision.verdict == Verdict::ask_cloud) {
    resolution.question = {is_identity_answer, ScanOutcome::asked_cloud};
  }
  return resolution;
}

}  // namespace

IdentityConnector::IdentityConnector(const CallContext& context)
    : context_(context), store_id_check_(context.options, path_of<IdentityConnector>) {}

Resolution IdentityConnector::resolve(const Call& call) {
  const GateOptions& options = context_.options;
  if (!caller_limit_.pass(call.caller, options.identity_keys_per_second, call.began)) {
    return too_many();
  }
  auto identity = store_id_check_.of_this_store(
      parse_identity(context_.parser, call.body, options.key_channels), call.began);
  if (!identity) return bad_request(ScanOutcome::invalid, identity.error());  // 3.8 too
  std::array<std::optional<std::string>, 2> codes{std::move(identity->code)};
  codes[1] = without_line_end(codes[0]);
  const auto match = context_.lookup.find(codes, identity->event_at, call.began);
  const ScanDecision decision = context_.lookup.decide(match.finding, call.began);
  if (decision.verdict != Verdict::accept) return not_valid(decision);
  return {decision.outcome,
          {.status = 200, .body = identity_answer(match.shopper.shopper_id, match.shopper.role)}};
}

template std::unique_ptr<Connector> make_connector<IdentityConnector>(const CallContext& context);

}  // namespace gatehouse::gate
