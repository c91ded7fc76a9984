// The table of authorization.hpp, line by line.
#include "daemon/gate/decision/authorization.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/gate/instruments.hpp"

namespace gatehouse::gate {
namespace {

using store::Instrument;
using store::InstrumentDecision;

const Authorization yes{.authorized = true, .conditions = {}, .risks = {}};
const Authorization no{.authorized = false, .conditions = {}, .risks = {"CustomerFraud"}};
const Authorization reduced{
    .authorized = true, .conditions = {{"ADJUST", "25.5", "USD"}}, .risks = {}};

AuthorizationRequest request(std::optional<Authorization> recommendation,
                             std::string currency = "USD") {
  return {"STORE-001", "pi", std::move(currency), std::move(recommendation)};
}

Authorization decided(const std::optional<Authorization>& recommendation,
                      const Instrument& instrument, const AuthorizationPolicy& policy = {}) {
  return authorize(request(recommendation), InstrumentFinding::known, instrument, policy)
      .authorization;
}

TEST(Authorization, FollowsAmazonWhereTheStoreSaysNothing) {
  for (const auto& recommendation : {yes, no, reduced}) {
    EXPECT_EQ(decided(recommendation, {}), recommendation);
    EXPECT_EQ(authorize(request(recommendation), InstrumentFinding::unknown, {}, {}).authorization,
              recommendation);
  }
  EXPECT_EQ(decided(std::nullopt, {}), yes);
}

TEST(Authorization, IsTheStoresWhereItDecides) {
  EXPECT_EQ(decided(no, accepted_instrument()), yes);
  Instrument indebted = indebted_instrument(1);
  indebted.decision = InstrumentDecision::accept;
  EXPECT_EQ(decided(no, with_risks(indebted, {"BadDebt"})), yes);
  EXPECT_EQ(decided(yes, with_risks(denied_instrument(), {"Own"})),
            (Authorization{.authorized = false, .conditions = {}, .risks = {"Own"}}));
}

TEST(Authorization, IsDeniedForRisksAndForDebts) {
  EXPECT_EQ(decided(yes, with_risks(indebted_instrument(1), {"InvalidCard"})).risks,
            std::vector<std::string>{"InvalidCard"});
  EXPECT_EQ(decided(yes, indebted_instrument(1)),
            (Authorization{.authorized = false, .conditions = {}, .risks = {"BadDebt"}}));
  EXPECT_EQ(decided(yes, indebted_instrument(0)), yes);
  AuthorizationPolicy lenient;
  lenient.deny_outstanding = false;
  EXPECT_EQ(decided(yes, indebted_instrument(1), lenient), yes);
}

TEST(Authorization, IsAdjustedInTheCurrencyOfTheRequestAlone) {
  const Instrument adjusted = adjusted_instrument(3000);
  const Authorization thirty{
      .authorized = true, .conditions = {{"ADJUST", "30.00", "USD"}}, .risks = {}};
  EXPECT_EQ(decided(reduced, adjusted), thirty);
  EXPECT_EQ(decided(std::nullopt, adjusted), thirty);
  EXPECT_EQ(decided(no, adjusted), no) << "an amount alone overrides no denial";
  const auto with_currency = [&](const char* currency) {
    return authorize(request(yes, currency), InstrumentFinding::known, adjusted, {});
  };
  EXPECT_EQ(with_currency("EUR").authorization, yes);
  EXPECT_EQ(with_currency("").authorization, thirty);
  EXPECT_EQ(with_currency("").counted, AuthorizationAnswer::adjusted);
}

TEST(Authorization, FallsBackAsConfigured) {
  const Instrument never_read = accepted_instrument();
  const auto fallen = [&](const std::optional<Authorization>& recommendation,
                          AuthorizationFallback fallback) {
    const auto decision = authorize(request(recommendation), InstrumentFinding::unavailable,
                                    never_read, {.fallback = fallback});
    EXPECT_EQ(decision.counted, AuthorizationAnswer::fallback);
    return decision.authorization;
  };
  EXPECT_EQ(fallen(no, AuthorizationFallback::recommendation), no);
  EXPECT_EQ(fallen(std::nullopt, AuthorizationFallback::recommendation), yes);
  EXPECT_EQ(fallen(no, AuthorizationFallback::accept), yes);
  EXPECT_EQ(fallen(yes, AuthorizationFallback::deny),
            (Authorization{.authorized = false, .conditions = {}, .risks = {}}));
}

TEST(Authorization, LetsADebtStandWhoseNewestVersionCannotBeUnderstoodAndElseFallsBack) {
  const auto unclear = [](Instrument instrument) {
    instrument.unclear = true;
    return instrument;
  };
  AuthorizationPolicy accepting;
  accepting.fallback = AuthorizationFallback::accept;
  EXPECT_EQ(decided(yes, unclear(indebted_instrument(1)), accepting),
            (Authorization{.authorized = false, .conditions = {}, .risks = {"BadDebt"}}));
  EXPECT_FALSE(decided(yes, unclear(with_risks({}, {"Own"})), accepting).authorized);
  EXPECT_FALSE(decided(yes, unclear(denied_instrument()), accepting).authorized);
  EXPECT_EQ(decided(no, unclear({}), accepting), no) << "Amazon's own denial stands";
  EXPECT_EQ(decided(reduced, unclear({}), accepting), yes);
  AuthorizationPolicy denying;
  denying.fallback = AuthorizationFallback::deny;
  EXPECT_FALSE(decided(yes, unclear({}), denying).authorized);
  EXPECT_EQ(decided(reduced, unclear({})), reduced);
  EXPECT_EQ(authorize(request(yes), InstrumentFinding::known, unclear({}), {}).counted,
            AuthorizationAnswer::fallback);
}

TEST(Authorization, IsAnsweredInTheShapeOfARecommendation) {
  EXPECT_EQ(
      authorization_answer({.authorized = false,
                            .conditions = {{"ADJUST", "0.50", "USD"}, {"X\"", "1", "JPY"}},
                            .risks = {"A", "B"}}),
      R"({"shopperAuthorized":false,"authorizationConditions":[)"
      R"({"type":"ADJUST","amount":{"value":0.50,"currencyCode":"USD"}},)"
      R"({"type":"X\"","amount":{"value":1,"currencyCode":"JPY"}}],"shopperRisks":["A","B"]})");
}

}  // namespace
}  // namespace gatehouse::gate
