#include "daemon/gate/request/scan_request.hpp"

#include <gtest/gtest.h>

#include "daemon/gate/request/base64.hpp"
#include "daemon/gate/request/document.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;

constexpr auto event_uuid = "c1b2c3d4-e5f6-7890-abcd-ef1234567890";

class Scan : public testing::Test {
 protected:
  std::string refusal() { return refusal_of(scan_.dump()); }
  std::string refusal_of(const std::string& body) {
    const auto parsed = parse_scan(parser_, body);
    if (parsed) return "taken";
    return parsed.error().field + ' ' + std::string(parsed.error().came);
  }
  ScanCodes codes() {
    const std::string body = scan_.dump();
    const auto parsed = parse_scan(parser_, body);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return codes_of(parsed.value_or(ScanRequest{}));
  }

  json scan_ = sample_scan();
  json& event_ = scan_["scanEvent"];

 private:
  DocumentParser parser_;
};

TEST_F(Scan, GivesTheFaqsCodeFirstAndTheValueLast) {
  const ScanCodes found = codes();
  EXPECT_EQ(found.candidates[0], "1111-2222-3333-4444-5555-6666");
  EXPECT_EQ(found.candidates[1], "\xB2\xDA\xE2\x9E") << "Base64 without padding";
  EXPECT_EQ(found.candidates[2], "string");
  EXPECT_EQ(found.candidates[3], std::nullopt);
  EXPECT_EQ(found.shown, "1111-2222-3333-4444-5555-6666");
}

TEST_F(Scan, FindsTheCodeInTheValueWhereTheIdNumbersTheEvent) {
  event_["id"] = event_uuid;
  event_["value"] = "MTExMQ==";
  const ScanCodes found = codes();
  EXPECT_EQ(found.candidates[0], std::nullopt);
  EXPECT_EQ(found.candidates[1], "1111");
  EXPECT_EQ(found.candidates[2], "MTExMQ==");
  EXPECT_EQ(found.shown, "1111");
}

TEST_F(Scan, ShowsTheCodeAsItCameWhereNothingDecodes) {
  event_["id"] = "no base64 at all";
  EXPECT_EQ(codes().shown, "no base64 at all");
  event_["id"] = event_uuid;
  event_["value"] = "a plain code";
  EXPECT_EQ(codes().shown, "a plain code");
  event_.erase("id");
  EXPECT_EQ(codes().shown, "a plain code");
  event_.erase("value");
  event_["id"] = event_uuid;
  EXPECT_EQ(codes().shown, event_uuid);
}

TEST_F(Scan, ShowsTheCodeAsItCameWhereItDecodesToNoText) {
  event_["id"] = "//79";
  const ScanCodes found = codes();
  EXPECT_EQ(found.candidates[0], "\xFF\xFE\xFD");
  EXPECT_EQ(found.shown, "//79");
}

TEST_F(Scan, LeavesOutCodesOfNothing) {
  event_["id"] = "";
  event_["value"] = " ";
  const ScanCodes found = codes();
  EXPECT_EQ(found.candidates[0], std::nullopt);
  EXPECT_EQ(found.candidates[1], std::nullopt);
  EXPECT_EQ(found.candidates[2], " ");
}

TEST_F(Scan, MayLackEitherIdOrValueButNotBoth) {
  event_.erase("id");
  EXPECT_EQ(refusal(), "taken");
  event_["value"] = nullptr;
  EXPECT_EQ(refusal(), "scanEvent.id is missing, and so is value");
  event_["id"] = "MTExMQ==";
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(Scan, MayLackAllThatTheContractLeavesOpen) {
  for (const auto* const name : {"timestamp", "location", "channel", "value"}) event_.erase(name);
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(Scan, IsRefusedWithoutItsRequiredFields) {
  const json good = scan_;
  for (const auto* const name : {"requestId", "storeId", "scanEvent"}) {
    scan_ = good;
    scan_.erase(name);
    EXPECT_EQ(refusal(), std::string(name) + " is missing");
    scan_[name] = nullptr;
    EXPECT_EQ(refusal(), std::string(name) + " is missing");
  }
}

TEST_F(Scan, IsTakenWithARequestIdThatIsNoUuid) {
  scan_["requestId"] = "1";
  EXPECT_EQ(refusal(), "taken");
  scan_["requestId"] = 1;
  EXPECT_EQ(refusal(), "requestId is not a string");
}

TEST_F(Scan, IsRefusedWithAStoreIdOfMoreThan255Characters) {
  scan_["storeId"] = std::string(256, 'x');
  EXPECT_EQ(refusal(), "storeId is too long");
}

TEST_F(Scan, IsRefusedWithFieldsOfAnotherType) {
  for (const auto* const name : {"id", "value", "timestamp", "location", "channel"}) {
    scan_ = sample_scan();
    scan_["scanEvent"][name] = 7;
    EXPECT_EQ(refusal(), "scanEvent." + std::string(name) + " is not a string");
  }
  scan_["scanEvent"] = json::array();
  EXPECT_EQ(refusal(), "scanEvent is not an object");
  scan_["storeId"] = true;
  EXPECT_EQ(refusal(), "storeId is not a string");
}

TEST_F(Scan, IsRefusedWithoutABody) {
  EXPECT_EQ(refusal_of(""), "body is empty");
}

TEST_F(Scan, TakesFieldsThatNobodyHasHeardOf) {
  scan_["novelty"] = {1, 2, 3};
  event_["novelty"] = {{"a", nullptr}};
  EXPECT_EQ(refusal(), "taken");
}

}  // namespace
}  // namespace gatehouse::gate
