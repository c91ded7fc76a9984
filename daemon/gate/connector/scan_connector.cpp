#include "daemon/gate/connector/scan_connector.hpp"

#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/make_connector.hpp"
#include "daemon/gate/request/scan_request.hpp"
#include "daemon/log/log.hpp"
#include "store/values/json_text.hpp"

namespace gatehouse::gate {
namespace {

/// Which the cloud may change, where the verdict is to ask it.
Resolution decided(const ScanDecision& decision, std::string body) {
  Resolution resolution{decision.outcome, {.status = 200, .body = std::move(body)}};
  if (decision.verdict == Verdict::ask_cloud) {
    resolution.question = {is_scan_answer, ScanOutcome::asked_cloud};
  }
  return resolution;
}

}  // namespace

ScanConnector::ScanConnector(const CallContext& context)
    : context_(context), store_id_check_(context.options, path_of<ScanConnector>) {}

Resolution ScanConnector::resolve(const Call& call) {
  const auto scan =
      store_id_check_.of_this_store(parse_scan(context_.parser, call.body), call.began);
  if (!scan) return bad_request(ScanOutcome::invalid, scan.error());
  if (!scan->has_request_id) note_request_id(call.began);
  ScanCodes codes = codes_of(*scan);
  const auto match = context_.lookup.find(codes.candidates, scan->event_at, call.began);
  const ScanDecision decision = context_.lookup.decide(match.finding, call.began);
  if (decision.verdict == Verdict::accept) {
    return decided(decision,
                   scan_answer(accepted_id(match), match.shopper.role, ScanAction::accept));
  }
  const std::string& code = match.code.empty() ? codes.shown : match.code;
  return decided(decision, scan_answer(code, store::Role::shopper, ScanAction::reject));
}

void ScanConnector::note_request_id(SteadyTime now) {
  if (const auto suppressed = request_id_log_limit_.pass(now)) {
    log::warn("{}: a requestId is not a UUID; the scan is answered all the same{}",
              path_of<ScanConnector>, log::suppressed_note(*suppressed));
  }
}

std::string_view ScanConnector::accepted_id(const ShopperLookup::Match& match) const {
  // A code that is too long for an answer cannot come back whole in the cart: the shopper's id can.
  const bool code_fits =
      cut_to_characters(match.code, answer_id_characters_max).size() == match.code.size();
  if (context_.options.accepted_id == AcceptedId::code && code_fits) return match.code;
  return match.shopper.shopper_id;
}

template std::unique_ptr<Connector> make_connector<ScanConnector>(const CallContext& context);

}  // namespace gatehouse::gate
