// POST /v1/fraudandabuse/shopperauthorization over a real server, beside its numbered cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/gate/instruments.hpp"
#include "tests/daemon/gate/running_gate.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto path = "/v1/fraudandabuse/shopperauthorization";

json request_for(const std::string& instrument) {
  return {{"storeId", "STORE-001"}, {"shopperIdentity", {{"id", instrument}}}};
}

TEST(AuthorizationAnswer, C7a_14_MissingConnectorConfiguration) {
  GateOptions options = RunningGate::default_options();
  options.shopper_authorization = false;
  RunningGate gate(options);
  const auto heard = gate.post(path, request_for("pi"));
  EXPECT_EQ(heard.status, 404);
  EXPECT_THAT(heard.body["errorMsg"].get<std::string>(), HasSubstr("not configured"));
  EXPECT_EQ(gate.observer().count_refused(404), 1);
}

TEST(AuthorizationAnswer, C7a_16_FraudSystemUnavailableFallback) {
  GateOptions options = RunningGate::default_options();
  RunningGate gate(options);
  gate.put_instrument("pi", accepted_instrument());
  gate.break_cache();
  json request = request_for("pi");
  const auto authorized = [&] { return gate.post(path, request).body["shopperAuthorized"]; };
  EXPECT_EQ(authorized(), true) << "no recommendation came";
  request["shopperInteraction"]["recommendation"]["shopperAuthorized"] = false;
  EXPECT_EQ(authorized(), false);
  options.authorization.fallback = AuthorizationFallback::accept;
  gate.reload(options);
  EXPECT_EQ(authorized(), true);
  options.authorization.fallback = AuthorizationFallback::deny;
  gate.reload(options);
  EXPECT_EQ(authorized(), false);
  EXPECT_EQ(gate.observer().count(AuthorizationAnswer::fallback), 4);
}

TEST(AuthorizationAnswer, DoesNotBelieveAStaleCacheWhereItIsToldNotTo) {
  GateOptions options = RunningGate::default_options();
  options.stale_after = std::chrono::hours{24};
  options.reject_when_stale = true;
  RunningGate gate(options);
  gate.put_instrument("pi", denied_instrument());
  EXPECT_EQ(gate.post(path, request_for("pi")).body["shopperAuthorized"], true);
  EXPECT_EQ(gate.observer().count(AuthorizationAnswer::fallback), 1);
}

TEST(AuthorizationAnswer, PrintsMoneyAsItCame) {
  RunningGate gate;
  json request = request_for("pi");
  request["shopperInteraction"]["recommendation"] = {{"shopperAuthorized", true}};
  std::string body = request.dump();
  body.insert(body.find(R"("shopperAuthorized")"),
              R"("authorizationConditions":[{"type":"ADJUST","amount":)"
              R"({"value":12345678901234567890.10,"currencyCode":"USD"}}],)");
  // Read as text: a JSON parser would make a double of it.
  http::RawClient client(gate.port());
  client.send(post_request(path, body));
  EXPECT_THAT(client.receive_answer(), HasSubstr(R"("value":12345678901234567890.10,)"));

  gate.put_instrument("pi-adjusted", adjusted_instrument(3000));
  client.send(post_request(path, request_for("pi-adjusted").dump()));
  EXPECT_THAT(client.receive_answer(),
              HasSubstr(R"({"shopperAuthorized":true,"authorizationConditions":[{"type":"ADJUST",)"
                        R"("amount":{"value":30.00,"currencyCode":"USD"}}],"shopperRisks":[]})"));
  EXPECT_EQ(gate.observer().count(AuthorizationAnswer::adjusted), 2);
}

/// The status line of the answer to a body that no JSON library would write so.
std::string status_line(RunningGate& gate, const std::string& body) {
  http::RawClient client(gate.port());
  client.send(post_request(path, body));
  const std::string answer = client.receive_answer();
  return answer.substr(0, answer.find("\r\n"));
}

TEST(AuthorizationAnswer, Is400ForAnAmountThatNoReaderCanHold) {
  RunningGate gate;
  const auto status_of = [&gate](const std::string& value) {
    return status_line(gate, R"({"storeId":"STORE-001","shopperIdentity":{"id":"pi"},)"
                             R"("authorizedAmount":{"value":)" +
                                 value + R"(,"currencyCode":"USD"}})");
  };
  EXPECT_THAT(status_of("1.5e144"), HasSubstr(" 400 "));
  EXPECT_THAT(status_of("1.5E+100"), HasSubstr(" 400 "));
  EXPECT_THAT(status_of("5E+1"), HasSubstr(" 200 ")) << "as Java prints a BigDecimal";
}

TEST(AuthorizationAnswer, Is400ForIdsThatAreNumbers) {
  RunningGate gate;
  for (const char* body : {R"({"storeId":"STORE-001","shopperIdentity":{"id":77}})",
                           R"({"storeId":1,"shopperIdentity":{"id":"pi"}})", R"({1:2})"}) {
    EXPECT_THAT(status_line(gate, body), HasSubstr(" 400 ")) << body;
  }
}

TEST(AuthorizationAnswer, Is400ForARecommendationOfAnotherForm) {
  RunningGate gate;
  const auto refusal = [&](const char* place, const json& value) {
    json request = request_for("pi");
    request[json::json_pointer(place)] = value;
    const auto heard = gate.post(path, request);
    EXPECT_EQ(heard.status, 400) << place;
    return heard.body["errorMsg"].get<std::string>();
  };
  const json condition = {{"type", "ADJUST"},
                          {"amount", {{"value", "a lot"}, {"currencyCode", "USD"}}}};
  EXPECT_THAT(refusal("/shopperInteraction/recommendation",
                      {{"authorizationConditions", json::array({condition})}}),
              HasSubstr("recommendation.authorizationConditions[0].amount.value has another"));
  EXPECT_THAT(refusal("/shopperInteraction/recommendation", {{"shopperAuthorized", "yes"}}),
              HasSubstr("shopperAuthorized is not true or false"));
  EXPECT_THAT(refusal("/shopperInteraction/recommendation",
                      {{"shopperRisks", json::array({"BadDebt", json::object()})}}),
              HasSubstr("shopperRisks[1] is not a string"));
  EXPECT_THAT(refusal("/authorizedAmount", {{"value", 5}, {"currencyCode", "dollars"}}),
              HasSubstr("authorizedAmount.currencyCode is too long"));
  EXPECT_EQ(gate.observer().count(AuthorizationAnswer::invalid), 4);
}

}  // namespace
}  // namespace gatehouse::gate
