#include "daemon/gate/decision/authorization.hpp"

#include "store/values/json_object.hpp"
#include "store/values/json_text.hpp"
#include "store/values/money.hpp"

namespace gatehouse::gate {
namespace {

AuthorizationDecision denied(std::vector<std::string> risks, std::string_view reason) {
  return {{.authorized = false, .conditions = {}, .risks = std::move(risks)},
          AuthorizationAnswer::denied,
          reason};
}

AuthorizationDecision authorized(std::vector<Condition> conditions, std::string_view reason) {
  const auto counted =
      conditions.empty() ? AuthorizationAnswer::authorized : AuthorizationAnswer::adjusted;
  return {{.authorized = true, .conditions = std::move(conditions), .risks = {}}, counted, reason};
}

std::vector<Condition> adjustment(const AuthorizationRequest& request,
                                  const store::Instrument& instrument) {
  const auto& amount = instrument.authorize;
  if (!amount) return {};
  if (!request.currency.empty() && request.currency != amount->currency) return {};
  return {{"ADJUST", format_amount(*amount), amount->currency}};
}

AuthorizationDecision as_recommended(const AuthorizationRequest& request) {
  if (!request.recommendation) return authorized({}, "nothing is known against the instrument");
  const Authorization& recommended = *request.recommendation;
  AuthorizationDecision decision{recommended, AuthorizationAnswer::denied, "as Amazon recommends"};
  if (!recommended.authorized) return decision;
  decision.counted = recommended.conditions.empty() ? AuthorizationAnswer::authorized
                                                    : AuthorizationAnswer::adjusted;
  return decision;
}

AuthorizationDecision fall_back(const AuthorizationRequest& request,
                                AuthorizationFallback fallback) {
  AuthorizationDecision decision;
  switch (fallback) {
    case AuthorizationFallback::recommendation:
      decision = as_recommended(request);
      break;
    case AuthorizationFallback::accept:
      decision = authorized({}, {});
      break;
    case AuthorizationFallback::deny:
      decision = denied({}, {});
      break;
  }
  decision.counted = AuthorizationAnswer::fallback;
  decision.reason = "no usable cache entry: gate.authorization_fallback";
  return decision;
}

/// By the store's own document, as far as that decides.
std::optional<AuthorizationDecision> by_store(const AuthorizationRequest& request,
                                              const store::Instrument& instrument,
                                              const AuthorizationPolicy& policy) {
  if (instrument.decision == store::InstrumentDecision::deny) {
    return denied(instrument.risks, "denied by the store");
  }
  if (instrument.decision == store::InstrumentDecision::accept) {
    return authorized(adjustment(request, instrument), "accepted by the store");
  }
  if (!instrument.risks.empty()) return denied(instrument.risks, "the store lists risks");
  const bool owes = instrument.outstanding && instrument.outstanding->minor > 0;
  if (owes && policy.deny_outstanding) return denied({"BadDebt"}, "a balance is outstanding");
  if (request.recommendation && !request.recommendation->authorized) return std::nullopt;
  if (auto conditions = adjustment(request, instrument); !conditions.empty()) {
    return authorized(std::move(conditions), "adjusted by the store");
  }
  return std::nullopt;
}

std::string condition_json(const Condition& condition) {
  const auto amount =
      JsonObject().json("value", condition.value).text("currencyCode", condition.currency).done();
  return JsonObject().text("type", condition.type).json("amount", amount).done();
}

}  // namespace

AuthorizationDecision authorize(const AuthorizationRequest& request, InstrumentFinding finding,
                                const store::Instrument& instrument,
                                const AuthorizationPolicy& policy) {
  if (finding == InstrumentFinding::unavailable) return fall_back(request, policy.fallback);
  if (finding == InstrumentFinding::known) {
    if (auto decision = by_store(request, instrument, policy)) return std::move(*decision);
    const bool amazon_denies = request.recommendation && !request.recommendation->authorized;
    if (instrument.unclear && !amazon_denies) return fall_back(request, policy.fallback);
  }
  return as_recommended(request);
}

std::string authorization_answer(const Authorization& authorization) {
  std::vector<std::string> conditions;
  for (const Condition& condition : authorization.conditions) {
    conditions.push_back(condition_json(condition));
  }
  std::vector<std::string> risks;
  for (const std::string& risk : authorization.risks) risks.push_back(json_string(risk));
  return JsonObject()
      .boolean("shopperAuthorized", authorization.authorized)
      .json("authorizationConditions", json_array(conditions))
      .json("shopperRisks", json_array(risks))
      .done();
}

}  // namespace gatehouse::gate
