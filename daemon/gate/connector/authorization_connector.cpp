#include "daemon/gate/connector/authorization_connector.hpp"

#include "daemon/gate/call/answers.hpp"
#include "daemon/gate/call/make_connector.hpp"
#include "daemon/gate/decision/authorization.hpp"

namespace gatehouse::gate {

AuthorizationConnector::AuthorizationConnector(const CallContext& context)
    : context_(context), store_id_check_(context.options, path_of<AuthorizationConnector>) {}

Resolution AuthorizationConnector::resolve(const Call& call) {
  const auto request =
      store_id_check_.of_this_store(parse_authorization(context_.parser, call.body), call.began);
  if (!request) return bad_request(AuthorizationAnswer::invalid, request.error());  // 7a.12, 7a.13
  const auto instrument = context_.lookup.instrument(request->instrument_id, call.began);
  auto finding = InstrumentFinding::unavailable;
  if (instrument) finding = *instrument ? InstrumentFinding::known : InstrumentFinding::unknown;
  const auto decision =
      authorize(*request, finding,
                instrument ? instrument->value_or(store::Instrument{}) : store::Instrument{},
                context_.options.authorization);
  return {decision.counted,
          {.status = 200, .body = authorization_answer(decision.authorization)},
          std::string(decision.reason)};
}

template std::unique_ptr<Connector> make_connector<AuthorizationConnector>(
    const CallContext& context);

}  // namespace gatehouse::gate
