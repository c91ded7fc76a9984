// POST /v1/identity/scan/details over a real server and a real cache.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/gate/running_gate.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using store::Role;
using store::Status;
using testing::HasSubstr;

constexpr auto path = "/v1/identity/scan/details";
constexpr auto code = "1111-2222-3333-4444-5555-6666";
constexpr auto loyalty =
    R"({"provider":"acme","tier":"GOLD","points":1200,"promotionIds":["P-7",8,"P-\"9"]})";

json details_of(const std::string& id) {
  return {{"storeId", "STORE-001"}, {"scanResult", {{"id", id}, {"type", "LOYALTY"}}}};
}

TEST(DetailsAnswer, NamesProviderAndPromotionsByCodeAndByShopper) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::active, loyalty);
  for (const auto* const id : {code, "S-1001"}) {
    const auto heard = gate.post(path, details_of(id));
    EXPECT_EQ(heard.status, 200) << id;
    EXPECT_EQ(heard.body, json::parse(R"({"provider":"acme","promotionIds":["P-7","P-\"9"]})"));
  }
  EXPECT_EQ(gate.observer().count(DetailsAnswer::found), 2);
}

TEST(DetailsAnswer, HasNoPromotionsWhereTheFeedNamesNone) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::active, R"({"provider":"acme"})");
  EXPECT_EQ(gate.post(path, details_of(code)).body,
            json::parse(R"({"provider":"acme","promotionIds":[]})"));
}

TEST(DetailsAnswer, Is404WhereThereIsNoLoyalty) {
  RunningGate gate;
  EXPECT_EQ(gate.post(path, details_of(code)).status, 404);
  for (const auto* const other :
       {"", "{}", R"({"provider":""})", R"({"provider":7})", R"({"promotionIds":["P-7"]})"}) {
    gate.put(code, "S-1001", Role::shopper, Status::active, other);
    const auto heard = gate.post(path, details_of(code));
    EXPECT_EQ(heard.status, 404) << other;
    EXPECT_TRUE(heard.body.contains("errorMsg"));
  }
  gate.put(code, "S-1001", Role::shopper, Status::blocked, loyalty);
  EXPECT_EQ(gate.post(path, details_of(code)).status, 404);
  EXPECT_EQ(gate.observer().count(DetailsAnswer::not_found), 7);
}

TEST(DetailsAnswer, Is400ForWhatBreaksTheForm) {
  RunningGate gate;
  const auto refusal = [&](const char* place, const json& value) {
    json request = details_of(code);
    request[json::json_pointer(place)] = value;
    const auto heard = gate.post(path, request);
    EXPECT_EQ(heard.status, 400);
    return heard.body["errorMsg"].get<std::string>();
  };
  EXPECT_THAT(refusal("/storeId", nullptr), HasSubstr("storeId is missing"));
  EXPECT_THAT(refusal("/storeId", "ELSEWHERE"), HasSubstr("storeId is not served by this gate"));
  EXPECT_THAT(refusal("/scanResult", nullptr), HasSubstr("scanResult is missing"));
  EXPECT_THAT(refusal("/scanResult/id", nullptr), HasSubstr("scanResult.id is missing"));
  EXPECT_THAT(refusal("/scanResult/id", ""), HasSubstr("scanResult.id has another value"));
  EXPECT_THAT(refusal("/scanResult/id", std::string(256, 'x')), HasSubstr("id is too long"));
  EXPECT_THAT(refusal("/scanResult/type", nullptr), HasSubstr("scanResult.type is missing"));
  EXPECT_THAT(refusal("/scanResult/type", "GHOST"), HasSubstr("type has another value"));
  EXPECT_EQ(gate.observer().count(DetailsAnswer::invalid), 8);
}

TEST(DetailsAnswer, AsksTheCloudAboutWhoeverIsUnknownAlone) {
  int asked = 0;
  RunningGate gate(RunningGate::default_options(), [&asked](const std::string&, const std::string&,
                                                            milliseconds, const auto& done) {
    ++asked;
    done(R"({"provider":"cloud","promotionIds":["C-1"]})");
  });
  EXPECT_EQ(gate.post(path, details_of(code)).body["provider"], "cloud");
  gate.put(code, "S-1001", Role::shopper, Status::active);
  EXPECT_EQ(gate.post(path, details_of(code)).status, 404);
  EXPECT_EQ(asked, 1);
}

TEST(DetailsAnswer, Is500WhereTheCacheCannotBeReadAsAmazonAsks) {
  RunningGate gate;
  gate.break_cache();
  EXPECT_EQ(gate.post(path, details_of(code)).status, 500);
  EXPECT_EQ(gate.observer().count(DetailsAnswer::unavailable), 1);
}

}  // namespace
}  // namespace gatehouse::gate
