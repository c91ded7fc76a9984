// `gatehouse selftest` against a real gate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/gate/running_gate.hpp"

namespace gatehouse::command {
namespace {

using gate::GateOptions;
using gate::RunningGate;
using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::string url_of(const RunningGate& gate) {
  return "http://127.0.0.1:" + std::to_string(gate.port());
}

Ran selftest(const RunningGate& gate, std::vector<std::string> more) {
  std::vector<std::string> arguments{"selftest", "--gate", url_of(gate), "--store", "STORE-001"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return gatehouse(arguments);
}

TEST(Selftest, PassesAgainstAFreshGateAndListsEveryCase) {
  RunningGate gate;
  const Ran ran = selftest(gate, {});
  EXPECT_EQ(ran.exit_status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Its carts are real: they stay in the ledger and go to the cloud, "
                                 "as trips 5e1f7e57-..."));
  EXPECT_THAT(ran.out, ContainsRegex("identity-keys +1\\.1 +not run +Shopper Entry .*--known-key"));
  EXPECT_THAT(ran.out, ContainsRegex("identity-keys +3\\.17 +pass +Empty Request Body"));
  EXPECT_THAT(ran.out, ContainsRegex("purchases +1\\.8 +not run +Credit Card Entry"));
  EXPECT_THAT(ran.out, ContainsRegex("purchases +3\\.35 +pass"));
  EXPECT_THAT(ran.out, ContainsRegex("shopperauthorization +7a\\.13 +pass"));
  EXPECT_THAT(ran.out, HasSubstr("\n78 passed, 0 failed, 11 not run\n"));
}

TEST(Selftest, RunsWhatTheFeedIsNamedFor) {
  RunningGate gate;
  gate.put("known", "S-1", store::Role::shopper, store::Status::active);
  gate.put("associate", "A-1", store::Role::associate, store::Status::active);
  const Ran ran = selftest(gate, {"--plan", "identity", "--known-key", "known", "--associate-key",
                                  "associate", "--json"});
  EXPECT_EQ(ran.exit_status, 0) << ran.out << ran.err;
  const json answer = json::parse(ran.out);
  EXPECT_EQ(answer["passed"], 21);
  EXPECT_EQ(answer["failed"], 0);
  EXPECT_EQ(answer["notRun"], 1);
  EXPECT_EQ(answer["tripIdsBeginWith"], "5e1f7e57-");
  EXPECT_EQ(answer["cases"][0]["number"], "1.1");
  EXPECT_EQ(answer["cases"][0]["result"], "pass");
  EXPECT_THAT(ran.out, Not(HasSubstr("\"known\""))) << "a key is not printed";
}

TEST(Selftest, ExitsWithOneWhereACaseFails) {
  RunningGate gate;
  const Ran ran = selftest(gate, {"--plan", "identity", "--known-key", "nobody"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.out,
              ContainsRegex("1\\.1 +fail +Shopper Entry .*: status 401 came, expected 200"));
  EXPECT_THAT(ran.out, HasSubstr("2 failed"));
}

TEST(Selftest, SendsTokenAndPrefix) {
  GateOptions options = RunningGate::default_options();
  options.bearer_token = "s3cret";
  options.path_prefix = "/prod";
  RunningGate gate(options);
  const child::TemporaryFolder folder;
  const std::string file = (folder.path() / "token").string();
  std::ofstream(file) << "s3cret\n";
  const Ran ran = gatehouse({"selftest", "--plan", "fraud", "--gate", url_of(gate) + "/prod",
                             "--store", "STORE-001", "--bearer-token-file", file});
  EXPECT_EQ(ran.exit_status, 0) << ran.out << ran.err;
  EXPECT_EQ(selftest(gate, {"--plan", "fraud"}).exit_status, 1) << "401 everywhere";
}

TEST(Selftest, TakesGateAndStoreFromTheConfiguration) {
  RunningGate gate;
  const child::TemporaryFolder folder;
  const std::string file = (folder.path() / "gatehouse.toml").string();
  std::ofstream(file) << "[store]\nid = \"STORE-001\"\n[gate]\nlisten = \"127.0.0.1:" << gate.port()
                      << "\"\n";
  const Ran ran = gatehouse({"selftest", "--plan", "ordering", "--config", file});
  EXPECT_EQ(ran.exit_status, 0) << ran.out << ran.err;
  EXPECT_EQ(gatehouse({"selftest", "--config", "/nowhere/gatehouse.toml"}).exit_status, 2);
}

TEST(Selftest, SaysThatTheGateDoesNotAnswer) {
  const Ran ran = gatehouse(
      {"selftest", "--gate", "/nowhere/gate.sock", "--store", "STORE-001", "--plan", "identity"});
  EXPECT_EQ(ran.exit_status, 3);
  EXPECT_THAT(ran.err, HasSubstr("no answer from the gate at /nowhere/gate.sock"));
  const Ran wrong = gatehouse({"selftest", "--gate", "gate:8080", "--store", "STORE-001"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("expected http://host:port"));
}

TEST(Selftest, AsksAgainWhereTheGateLimitsItsCallers) {
  GateOptions options = RunningGate::default_options();
  options.identity_keys_per_second = 6;
  RunningGate gate(options);
  const Ran ran = selftest(gate, {"--plan", "identity"});
  EXPECT_GT(gate.observer().count_refused(429), 0);
  EXPECT_EQ(ran.exit_status, 0) << ran.out << ran.err;
}

}  // namespace
}  // namespace gatehouse::command
