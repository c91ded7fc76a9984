// GetShopperAuthorization (connectors.md 6.3, 7a). The shape of what is answered is inference.
#include "daemon/selftest/sample.hpp"

namespace gatehouse::selftest {
namespace {

using nlohmann::json;

constexpr std::string_view no_instrument = "gatehouse-selftest-unknown-instrument";

Case fraud_case(std::string number, std::string title) {
  return {Plan::fraud, "shopperauthorization", "/v1/fraudandabuse/shopperauthorization",
          std::move(number), std::move(title)};
}

json authorization(bool authorized, const json& conditions, const json& risks) {
  return {{"shopperAuthorized", authorized},
          {"authorizationConditions", conditions},
          {"shopperRisks", risks}};
}

json adjust_to(const json& value) {
  return json::array(
      {{{"type", "ADJUST"}, {"amount", {{"value", value}, {"currencyCode", "USD"}}}}});
}

/// Amazon recommends, the store knows nothing of the instrument: as recommended.
Case recommended(const Setup& setup, std::string number, std::string title, const json& view) {
  Case followed = fraud_case(std::move(number), std::move(title));
  const json body = sample_authorization(setup, no_instrument);
  followed.steps = {{.body = with(body, "/shopperInteraction/recommendation", view),
                     .status = 200,
                     .members = view}};
  return followed;
}

/// Amazon recommends one thing, the store's document says another.
Case overridden(const Setup& setup, Case tested, const std::string& instrument, const char* option,
                const json& view, const json& expected) {
  if (instrument.empty()) {
    tested.not_run = std::string("needs an instrument document in the feed: ") + option;
    return tested;
  }
  const json body = sample_authorization(setup, instrument);
  tested.steps = {{.body = with(body, "/shopperInteraction/recommendation", view),
                   .status = 200,
                   .members = expected}};
  return tested;
}

Case denied_for(const Setup& setup, std::string number, std::string title, const json& risks) {
  return recommended(setup, std::move(number), std::move(title),
                     authorization(false, json::array(), risks));
}

Case every_event_type(const Setup& setup) {
  Case tested = fraud_case("7a.7", "All Authentication Event Types");
  const json body = sample_authorization(setup, no_instrument);
  for (const auto* const type : {"CREDIT_CARD", "MOBILE_WALLET", "PALM"}) {
    tested.steps.push_back(
        {.body = with(body, "/shopperInteraction/gateAuthenticationEvent/type", type),
         .status = 200,
         .members = {{"shopperAuthorized", true}}});
  }
  return tested;
}

Case missing_fields(const Setup& setup) {
  Case tested = fraud_case("7a.12", "Missing Required Fields (400 Error)");
  const json good = sample_authorization(setup, no_instrument);
  tested.steps = {
      {.body = without(good, "", "storeId"), .status = 400, .error = "storeId is missing"},
      {.body = without(good, "", "shopperIdentity"),
       .status = 400,
       .error = "shopperIdentity is missing"},
      {.body = without(good, "/shopperIdentity", "id"),
       .status = 400,
       .error = "shopperIdentity.id is missing"},
      {.body = "", .status = 400, .error = "body is empty"}};
  return tested;
}

/// No server error can be brought about from outside; that a second call is answered like the first
/// can be shown.
Case repeated(const Setup& setup) {
  Case tested = fraud_case("7a.15", "Server Error and Retry (500/503): the retry alone");
  const std::string body = sample_authorization(setup, no_instrument).dump();
  tested.steps = {{.body = body, .status = 200},
                  {.body = body, .status = 200, .same_answer = true}};
  return tested;
}

Case not_from_outside(std::string number, std::string title, std::string why) {
  Case tested = fraud_case(std::move(number), std::move(title));
  tested.not_run = std::move(why);
  return tested;
}

}  // namespace

std::vector<Case> fraud_cases(const Setup& setup) {
  const json none = json::array();
  const json yes = authorization(true, none, none);
  const json no = authorization(false, none, json::array({"CustomerFraud"}));
  std::vector<Case> cases;
  cases.push_back(recommended(setup, "7a.1", "Shopper Authorized — Low Risk", yes));
  cases.push_back(denied_for(setup, "7a.2", "Shopper Denied — High Risk (CustomerFraud, BadDebt)",
                             json::array({"CustomerFraud", "BadDebt"})));
  cases.push_back(recommended(setup, "7a.3",
                              "Conditional Authorization — Reduced Pre-Auth (ADJUST)",
                              authorization(true, adjust_to(25), none)));
  cases.push_back(
      denied_for(setup, "7a.4", "Invalid Card Detection", json::array({"InvalidCard"})));
  // How Amazon spells an expired card could not be read.
  cases.push_back(denied_for(setup, "7a.5", "Expired Card Handling", json::array({"ExpiredCard"})));
  cases.push_back(
      denied_for(setup, "7a.6", "All ShopperRisk Enum Values",
                 json::array({"InvalidCard", "CustomerFraud", "BadDebt", "ExpiredCard"})));
  cases.push_back(every_event_type(setup));
  cases.push_back(overridden(setup, fraud_case("7a.8", "Override Amazon Recommendation — Accept"),
                             setup.accepted_instrument, "--accepted-instrument", no,
                             {{"shopperAuthorized", true}, {"shopperRisks", none}}));
  cases.push_back(overridden(setup, fraud_case("7a.9", "Override Amazon Recommendation — Deny"),
                             setup.denied_instrument, "--denied-instrument", yes,
                             {{"shopperAuthorized", false}, {"authorizationConditions", none}}));
  cases.push_back(overridden(
      setup, fraud_case("7a.10", "Override Amazon Recommendation — Adjust Amount"),
      setup.adjusted_instrument, "--adjusted-instrument", yes, {{"shopperAuthorized", true}}));
  if (!cases.back().steps.empty()) cases.back().steps[0].filled = "authorizationConditions";
  cases.push_back(overridden(setup, fraud_case("7a.11", "Outstanding Balance — Deny Entry"),
                             setup.indebted_instrument, "--indebted-instrument", yes,
                             {{"shopperAuthorized", false}}));
  cases.push_back(missing_fields(setup));
  cases.push_back(fraud_case("7a.13", "Invalid Store ID (400 Error)"));
  cases.back().steps = {{.body = with(sample_authorization(setup, no_instrument), "/storeId",
                                      "gatehouse-selftest-no-such-store"),
                         .status = 400,
                         .error = "storeId is not served by this gate"}};
  cases.push_back(not_from_outside("7a.14", "Missing Connector Configuration (404 Error)",
                                   "would need gate.shopper_authorization = false"));
  cases.push_back(repeated(setup));
  cases.push_back(not_from_outside("7a.16", "Fraud System Unavailable — Fallback",
                                   "would need a cache that cannot be read"));
  return cases;
}

std::vector<Case> all_cases(const Setup& setup) {
  std::vector<Case> cases = identity_cases(setup);
  for (auto more : {ordering_cases, fraud_cases}) {
    for (Case& tested : more(setup)) cases.push_back(std::move(tested));
  }
  return cases;
}

}  // namespace gatehouse::selftest
