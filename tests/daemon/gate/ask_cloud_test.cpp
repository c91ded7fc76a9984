// gate.unknown_shopper = "ask_cloud": the answer of the cloud from another thread, in time or not.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using store::Role;
using store::Status;
using Done = std::function<void(std::optional<std::string>)>;

constexpr auto code = "1111-2222-3333-4444-5555-6666";
constexpr auto accepted = R"({"id":"cloud-7","type":"SHOPPER","action":"ACCEPT","tier":"GOLD"})";

GateOptions patient() {
  GateOptions options = RunningGate::default_options();
  options.ask_cloud_deadline = seconds{30};
  return options;
}

/// A cloud that says the same to everyone, from a thread of its own.
AskCloud saying(std::optional<std::string> said) {
  return [said](const std::string&, const std::string&, milliseconds, const Done& done) {
    std::thread([done, said] { done(said); }).join();
  };
}

TEST(AskCloud, PassesTheCloudsAnswerOn) {
  RunningGate gate(patient(), saying(accepted));
  const auto heard = gate.scan(sample_scan());
  EXPECT_EQ(heard.status, 200);
  EXPECT_EQ(heard.body, json::parse(accepted));
  EXPECT_EQ(gate.observer().count(ScanOutcome::asked_cloud), 1);
}

TEST(AskCloud, SendsTheRequestAsItCame) {
  std::promise<std::tuple<std::string, std::string, milliseconds>> asked;
  RunningGate gate(patient(), [&](const std::string& path, const std::string& body,
                                  milliseconds deadline, const Done& done) {
    asked.set_value({path, body, deadline});
    done(std::nullopt);
  });
  (void)gate.scan(sample_scan());
  EXPECT_EQ(asked.get_future().get(),
            std::tuple("/v1/identity/scan", sample_scan().dump(), milliseconds{seconds{30}}));
}

TEST(AskCloud, IsNotAskedAboutWhoIsKnown) {
  std::atomic<int> asked = 0;
  RunningGate gate(patient(),
                   [&](const std::string&, const std::string&, milliseconds, const Done& done) {
                     ++asked;
                     done(std::nullopt);
                   });
  gate.put(code, "S-1001", Role::shopper, Status::active);
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "ACCEPT");
  gate.put(code, "S-1001", Role::shopper, Status::blocked);
  EXPECT_EQ(gate.scan(sample_scan()).body["action"], "REJECT");
  EXPECT_EQ(asked, 0);
}

TEST(AskCloud, RefusesWhereTheCloudSaysNothingOrNonsense) {
  for (const auto& said : {std::optional<std::string>{}, std::optional<std::string>{"<html>"},
                           std::optional<std::string>{R"({"action":"ACCEPT"})"}}) {
    RunningGate gate(patient(), saying(said));
    const auto heard = gate.scan(sample_scan());
    EXPECT_EQ(heard.status, 200);
    EXPECT_EQ(heard.body, json({{"id", code}, {"type", "SHOPPER"}, {"action", "REJECT"}}));
    EXPECT_EQ(gate.observer().count(ScanOutcome::unknown), 1);
  }
}

TEST(AskCloud, RefusesAtTheDeadlineAndIgnoresALateAnswer) {
  GateOptions options = RunningGate::default_options();
  options.ask_cloud_deadline = milliseconds{20};
  std::promise<Done> asked;
  RunningGate gate(options, [&](const std::string&, const std::string&, milliseconds,
                                const Done& done) { asked.set_value(done); });
  Caller caller = gate.connect();
  caller.send(post_request("/v1/identity/scan", sample_scan().dump()));
  EXPECT_EQ(caller.hear().body["action"], "REJECT");
  const Done late = asked.get_future().get();
  late(accepted);
  late(accepted);
  // The connection goes on as if nothing had happened.
  caller.send(post_request("/v1/order/purchases", sample_cart().dump()));
  EXPECT_EQ(caller.hear().status, 201);
}

TEST(AskCloud, TakesOnlyTheFirstOfTwoAnswers) {
  RunningGate gate(patient(),
                   [](const std::string&, const std::string&, milliseconds, const Done& done) {
                     done(accepted);
                     done(std::nullopt);
                   });
  EXPECT_EQ(gate.scan(sample_scan()).body["id"], "cloud-7");
}

TEST(AskCloud, DoesNotHoldUpAnyoneElse) {
  std::promise<Done> asked;
  RunningGate gate(patient(), [&](const std::string&, const std::string&, milliseconds,
                                  const Done& done) { asked.set_value(done); });
  Caller waiting = gate.connect();
  waiting.send(post_request("/v1/identity/scan", sample_scan().dump()));
  const Done done = asked.get_future().get();
  EXPECT_EQ(gate.send_cart(sample_cart()).status, 201);
  done(accepted);
  EXPECT_EQ(waiting.hear().body["id"], "cloud-7");
}

}  // namespace
}  // namespace gatehouse::gate
