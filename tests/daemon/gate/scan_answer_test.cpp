// POST /v1/identity/scan over a real server and a real cache.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;
using store::Role;
using store::Status;
using testing::HasSubstr;
using testing::Not;

constexpr auto code = "1111-2222-3333-4444-5555-6666";

json answer(std::string_view id, std::string_view type, std::string_view action) {
  return {{"id", id}, {"type", type}, {"action", action}};
}

TEST(ScanAnswer, AcceptsAKnownShopperAsTheFaqShowsIt) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::active);
  const auto heard = gate.scan(sample_scan());
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, answer(code, "SHOPPER", "ACCEPT"));
  EXPECT_THAT(heard.header, HasSubstr("application/json"));
  EXPECT_EQ(gate.observer().count(ScanOutcome::accepted), 1);
}

TEST(ScanAnswer, TellsAssociatesApart) {
  RunningGate gate;
  gate.put(code, "A-1", Role::associate, Status::active);
  EXPECT_EQ(gate.scan(sample_scan()).body, answer(code, "ASSOCIATE", "ACCEPT"));
}

TEST(ScanAnswer, RefusesWhoIsUnknownWith200AndTheDecodedCode) {
  RunningGate gate;
  const auto heard = gate.scan(sample_scan());
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, answer(code, "SHOPPER", "REJECT"));
  EXPECT_EQ(gate.observer().count(ScanOutcome::unknown), 1);
}

TEST(ScanAnswer, RefusesWhoIsBlocked) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::blocked);
  const auto heard = gate.scan(sample_scan());
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, answer(code, "SHOPPER", "REJECT"));
  EXPECT_EQ(gate.observer().count(ScanOutcome::blocked), 1);
}

TEST(ScanAnswer, RefusesWhatIsNoBase64With200AndTheCodeAsItCame) {
  RunningGate gate;
  json scan = sample_scan();
  scan["scanEvent"]["id"] = "\"not\" base64\n";
  const auto heard = gate.scan(scan);
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, answer("\"not\" base64\n", "SHOPPER", "REJECT"));
}

TEST(ScanAnswer, TriesTheValueDecodedAndThenAsItIs) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::active);
  json scan = sample_scan();
  scan["scanEvent"]["value"] = scan["scanEvent"]["id"];
  scan["scanEvent"]["id"] = "c1b2c3d4-e5f6-7890-abcd-ef1234567890";
  EXPECT_EQ(gate.scan(scan).body, answer(code, "SHOPPER", "ACCEPT"));
  scan["scanEvent"]["value"] = code;
  EXPECT_EQ(gate.scan(scan).body, answer(code, "SHOPPER", "ACCEPT"));
}

TEST(ScanAnswer, GivesTheShopperIdWhereItIsAskedTo) {
  GateOptions options = RunningGate::default_options();
  options.accepted_id = AcceptedId::shopper;
  RunningGate gate(options);
  gate.put(code, "S-1001", Role::shopper, Status::active);
  EXPECT_EQ(gate.scan(sample_scan()).body, answer("S-1001", "SHOPPER", "ACCEPT"));
}

TEST(ScanAnswer, GivesTheShopperIdForACodeThatIsTooLongForAnAnswer) {
  RunningGate gate;
  const std::string long_code(256, 'k');
  gate.put(long_code, "S-1001", Role::shopper, Status::active);
  json scan = sample_scan();
  scan["scanEvent"]["value"] = long_code;
  EXPECT_EQ(gate.scan(scan).body, answer("S-1001", "SHOPPER", "ACCEPT"));
}

TEST(ScanAnswer, SeesAChangeOfTheCacheAtOnce) {
  RunningGate gate;
  Caller caller = gate.connect();
  const auto action = [&] {
    caller.send(post_request("/v1/identity/scan", sample_scan().dump()));
    return caller.hear().body["action"];
  };
  EXPECT_EQ(action(), "REJECT");
  gate.put(code, "S-1001", Role::shopper, Status::active);
  EXPECT_EQ(action(), "ACCEPT");
  gate.put(code, "S-1001", Role::shopper, Status::blocked);
  EXPECT_EQ(action(), "REJECT");
}

TEST(ScanAnswer, NamesTheFieldThatIsWrong) {
  RunningGate gate;
  json scan = sample_scan();
  scan["requestId"] = 1;
  const auto heard = gate.scan(scan);
  EXPECT_EQ(heard.status, 400);
  EXPECT_EQ(heard.body, json({{"errorMsg", "requestId is not a string; expected a string"}}));
  EXPECT_EQ(gate.observer().count(ScanOutcome::invalid), 1);
}

TEST(ScanAnswer, IsGivenToARequestIdThatIsNoUuidAndTheLogSaysSo) {
  RunningGate gate;
  gate.put("1111-2222-3333-4444-5555-6666", "S-1001", Role::shopper, Status::active);
  json scan = sample_scan();
  scan["requestId"] = "scan-4711";
  EXPECT_EQ(gate.scan(scan).body["action"], "ACCEPT");
  EXPECT_THAT(gate.log(), HasSubstr("/v1/identity/scan: a requestId is not a UUID"));
  EXPECT_THAT(gate.log(), Not(HasSubstr("4711")));
}

TEST(ScanAnswer, FindsACodeWhoseScannerEndsItWithALine) {
  RunningGate gate;
  gate.put("1111", "S-1001", Role::shopper, Status::active);
  json scan = sample_scan();
  scan["scanEvent"]["id"] = "MTExMQ0K";  // 1111, CR, LF
  const auto heard = gate.scan(scan);
  EXPECT_EQ(heard.body["action"], "ACCEPT");
  EXPECT_EQ(heard.body["id"], "1111");
}

TEST(ScanAnswer, TellsTheLogWhatStoreIdCameAndWhatWasExpected) {
  RunningGate gate;
  json scan = sample_scan();
  scan["storeId"] = "STORE\n-9";
  const auto heard = gate.scan(scan);
  EXPECT_EQ(heard.status, 400);
  EXPECT_THAT(heard.body["errorMsg"].get<std::string>(),
              HasSubstr("storeId is not served by this gate"));
  EXPECT_THAT(heard.body["errorMsg"].get<std::string>(), Not(HasSubstr("STORE")));
  EXPECT_THAT(gate.log(), HasSubstr("received storeId \"STORE\\x0a-9\", expected \"STORE-001\" "
                                    "(also known as \"OLD-NAME\")"));
}

TEST(ScanAnswer, TakesEveryNameOfTheStore) {
  RunningGate gate;
  json scan = sample_scan();
  scan["storeId"] = "OLD-NAME";
  EXPECT_EQ(gate.scan(scan).status, 200);
}

TEST(ScanAnswer, NeverLogsACode) {
  RunningGate gate;
  gate.put(code, "S-1001", Role::shopper, Status::blocked);
  (void)gate.scan(sample_scan());
  EXPECT_THAT(gate.log(), Not(HasSubstr("1111")));
  EXPECT_THAT(gate.log(), Not(HasSubstr("MTEx")));
}

TEST(ScanAnswer, BelievesAStaleCacheUnlessItIsToldOtherwise) {
  GateOptions options = RunningGate::default_options();
  options.stale_after = hours{24};
  RunningGate gate(options);
  gate.put(code, "S-1001", Role::shopper, Status::active);
  gate.set_synced_at(gate.clock().wall());
  gate.clock().move(hours{25});
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "ACCEPT");
  options.reject_when_stale = true;
  gate.reload(options);
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "REJECT");
  EXPECT_EQ(gate.observer().count(ScanOutcome::stale), 1);
}

TEST(ScanAnswer, RejectsNobodyForAnAgeByAClockThatNobodyConfirms) {
  GateOptions options = RunningGate::default_options();
  options.stale_after = hours{24};
  options.reject_when_stale = true;
  RunningGate gate(options);
  gate.put(code, "S-1001", Role::shopper, Status::active);
  gate.set_synced_at(gate.clock().wall() - hours{48});
  gate.doubt_clock();
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "ACCEPT");
  gate.clock().move(hours{25});
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "REJECT") << "it has been open for so long";
}

TEST(ScanAnswer, NoticesWithinASecondThatTheCacheIsInStepAgain) {
  GateOptions options = RunningGate::default_options();
  options.stale_after = hours{24};
  options.reject_when_stale = true;
  RunningGate gate(options);
  gate.put(code, "S-1001", Role::shopper, Status::active);
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "REJECT");
  gate.set_synced_at(gate.clock().wall());
  gate.clock().move(seconds{1});
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "ACCEPT");
}

}  // namespace
}  // namespace gatehouse::gate
