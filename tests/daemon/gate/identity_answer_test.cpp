// POST /v1/identity/identity-keys over a real server and a real cache, beside its numbered cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/gate/request/code_time.hpp"
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

constexpr auto path = "/v1/identity/identity-keys";
constexpr auto code = "JWOIMAG18bc0554d045a48b29afa9e2aaac14ae";
constexpr auto opens = R"({"visitorDetails":{"id":"cloud-7","type":"SHOPPER","tier":"GOLD"}})";

AskCloud saying(std::optional<std::string> said) {
  return [said = std::move(said)](const std::string&, const std::string&, milliseconds,
                                  const std::function<void(std::optional<std::string>)>& done) {
    std::thread([done, said] { done(said); }).join();
  };
}

TEST(IdentityAnswer, OpensTheGateWithTheShoppersIdWhateverAScanAnswers) {
  for (const auto id : {AcceptedId::code, AcceptedId::shopper}) {
    GateOptions options = RunningGate::default_options();
    options.accepted_id = id;
    RunningGate gate(options);
    gate.put(code, "S-1001", Role::shopper, Status::active);
    const auto heard = gate.post(path, sample_identity());
    EXPECT_EQ(heard.status, 200);
    EXPECT_EQ(heard.body, json::parse(R"({"visitorDetails":{"id":"S-1001","type":"SHOPPER"}})"));
    EXPECT_EQ(gate.observer().count_identity(ScanOutcome::accepted), 1);
  }
}

TEST(IdentityAnswer, TellsAStrangerNothingOfWhyItIs401) {
  GateOptions options = RunningGate::default_options();
  options.stale_after = hours{24};
  options.reject_when_stale = true;
  RunningGate gate(options);
  gate.set_synced_at(gate.clock().wall());
  const auto unknown = gate.post(path, sample_identity());
  EXPECT_EQ(unknown.status, 401);
  gate.put(code, "S-1001", Role::shopper, Status::blocked);
  EXPECT_EQ(gate.post(path, sample_identity()).body, unknown.body);
  gate.put(code, "S-1001", Role::shopper, Status::active);
  gate.clock().move(hours{25});
  EXPECT_EQ(gate.post(path, sample_identity()).body, unknown.body);
  gate.break_cache();
  EXPECT_EQ(gate.post(path, sample_identity()).body, unknown.body);
  for (const auto outcome : {ScanOutcome::unknown, ScanOutcome::blocked, ScanOutcome::stale,
                             ScanOutcome::cache_failed}) {
    EXPECT_EQ(gate.observer().count_identity(outcome), 1);
  }
  EXPECT_THAT(gate.log(), Not(HasSubstr("JWOIMAG")));
}

TEST(IdentityAnswer, TakesOtherChannelsWhereItIsToldTo) {
  json request = sample_identity();
  request["keyChannel"] = "NFC";
  GateOptions options = RunningGate::default_options();
  options.key_channels = {"OPTICAL", "NFC"};
  RunningGate gate(options);
  EXPECT_EQ(gate.post(path, request).status, 401);
  request["keyChannel"] = "TELEPATHY";
  EXPECT_EQ(gate.post(path, request).status, 400);
  options.key_channels = {};
  gate.reload(options);
  EXPECT_EQ(gate.post(path, request).status, 401);
  request.erase("keyChannel");
  EXPECT_EQ(gate.post(path, request).status, 401);
}

TEST(IdentityAnswer, NamesARefusedChannelInTheLogWithTheKeyThatWouldAdmitIt) {
  GateOptions options = RunningGate::default_options();
  options.log_calls_per_second = 50;
  RunningGate gate(options);
  json request = sample_identity();
  request["keyChannel"] = "NFC";
  const auto heard = gate.post(path, request);
  EXPECT_EQ(heard.status, 400);
  EXPECT_THAT(heard.body["errorMsg"].get<std::string>(), Not(HasSubstr("NFC")));
  EXPECT_THAT(gate.log(), HasSubstr("keyChannel has another value (NFC); expected a channel that "
                                    "gate.key_channels lists"));
}

TEST(IdentityAnswer, PassesTheCloudsWordOnAndIs401WithoutOne) {
  RunningGate asking(RunningGate::default_options(), saying(opens));
  const auto heard = asking.post(path, sample_identity());
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, json::parse(opens));
  EXPECT_EQ(asking.observer().count_identity(ScanOutcome::asked_cloud), 1);
  for (const auto& said : {std::optional<std::string>{}, std::optional<std::string>{"<html>"},
                           std::optional<std::string>{R"({"visitorDetails":{"id":"x"}})"}}) {
    RunningGate gate(RunningGate::default_options(), saying(said));
    EXPECT_EQ(gate.post(path, sample_identity()).status, 401);
    EXPECT_EQ(gate.observer().count_identity(ScanOutcome::unknown), 1);
  }
}

TEST(IdentityAnswer, AsksTheCloudOnThePathWithoutThePrefix) {
  std::string asked;
  GateOptions options = RunningGate::default_options();
  options.path_prefix = "/prod";
  RunningGate gate(options, [&asked](const std::string& its_path, const std::string&, milliseconds,
                                     const auto& done) {
    asked = its_path;
    done(std::nullopt);
  });
  EXPECT_EQ(gate.post(std::string("/prod") + path, sample_identity()).status, 401);
  EXPECT_EQ(asked, path);
  EXPECT_EQ(gate.post(path, sample_identity()).status, 404);
  EXPECT_THAT(gate.log(), HasSubstr("the nearest is POST /prod/v1/identity/identity-keys"));
}

TEST(IdentityAnswer, C4_RateLimiting) {
  GateOptions options = RunningGate::default_options();
  options.identity_keys_per_second = 2;
  RunningGate gate(options);
  Caller caller = gate.connect();
  const auto status = [&] {
    caller.send(post_request(path, sample_identity().dump()));
    return caller.hear();
  };
  // The clock of the gate goes on, so that a token may come back in between: more than enough.
  int limited = 0;
  for (int call = 0; call < 20; ++call) {
    const auto heard = status();
    if (heard.status != 429) continue;
    ++limited;
    EXPECT_THAT(heard.header, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_TRUE(heard.body.contains("errorMsg"));
  }
  EXPECT_GT(limited, 0);
  EXPECT_EQ(gate.observer().count_refused(429), limited);
  EXPECT_EQ(gate.scan(sample_scan()).status, 200) << "scans have no such limit";
  gate.clock().move(seconds{2});
  EXPECT_EQ(status().status, 401);
}

TEST(FreshCode, IsDemandedAgainstTheEventsTime) {
  GateOptions options = RunningGate::default_options();
  options.code_time = CodeTime::compile("^(?P<key>ACME[0-9a-f]{4})-(?P<time>[0-9]{10})$").value();
  options.code_max_age = seconds{60};
  RunningGate gate(options);
  gate.put("ACME00ff", "S-1", Role::shopper, Status::active);
  json request = sample_identity();  // its event is at 2024-03-22T17:00:00Z, 1711126800
  const auto status_at = [&](const char* base64) {
    request["identityKey"] = base64;
    return gate.post(path, request).status;
  };
  EXPECT_EQ(status_at("QUNNRTAwZmYtMTcxMTEyNjc0MA=="), 200U) << "ACME00ff-1711126740";
  EXPECT_EQ(status_at("QUNNRTAwZmYtMTcxMTEyNjczOQ=="), 401U) << "ACME00ff-1711126739";
  EXPECT_EQ(status_at("QUNNRTAwZmYtMTcxMTEyNjg2MQ=="), 401U) << "ACME00ff-1711126861";
  EXPECT_EQ(gate.observer().count_identity(ScanOutcome::expired), 2);
  EXPECT_EQ(status_at("QUNNRTAwZmY="), 401U) << "its key alone, without the time, is no code";

  json scan = sample_scan();
  scan["scanEvent"] = {{"id", "QUNNRTAwZmYtMTcxMTEyNjc0MA=="},
                       {"timestamp", "2024-03-22T17:00:00Z"}};
  const auto accepted = gate.scan(scan);
  EXPECT_EQ(accepted.body["action"], "ACCEPT");
  EXPECT_EQ(accepted.body["id"], "ACME00ff-1711126740");
  scan["scanEvent"].erase("timestamp");
  EXPECT_EQ(gate.scan(scan).body["action"], "REJECT") << "the event is now";
  EXPECT_EQ(gate.observer().count(ScanOutcome::expired), 1);
  gate.doubt_clock();
  EXPECT_EQ(gate.scan(scan).body["action"], "ACCEPT")
      << "a clock that nobody confirms refuses none";
}

TEST(FreshCode, ThatIsTooOldIsNotAskedOfTheCloud) {
  GateOptions options = RunningGate::default_options();
  options.code_time = CodeTime::compile("-([0-9]{10})$").value();
  RunningGate gate(options, saying(opens));
  json request = sample_identity();
  request["identityKey"] = "QUNNRTAwZmYtMTcxMTEyNjczOQ==";
  EXPECT_EQ(gate.post(path, request).status, 401);
}

}  // namespace
}  // namespace gatehouse::gate
