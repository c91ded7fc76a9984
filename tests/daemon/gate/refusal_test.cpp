// What reaches no connector: unknown paths, other methods, callers without the token.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using testing::HasSubstr;
using testing::Not;

GateOptions with_token() {
  GateOptions options = RunningGate::default_options();
  options.bearer_token = "s3cret-token";
  return options;
}

std::string scan_with(std::string_view fields) {
  return post_request("/v1/identity/scan", sample_scan().dump(), fields);
}

TEST(Refusal, OfAnUnknownPathIs404AndTheLogNamesTheNearestRoute) {
  RunningGate gate;
  const auto heard = gate.ask(post_request("/v1/order/purchase?token=x", "{}"));
  EXPECT_EQ(heard.status, 404);
  EXPECT_TRUE(heard.body.contains("errorMsg"));
  EXPECT_THAT(gate.log(), HasSubstr("no route matches POST /v1/order/purchase: answered 404"));
  EXPECT_THAT(gate.log(), HasSubstr("the nearest is POST /v1/order/purchases"));
  EXPECT_THAT(gate.log(), Not(HasSubstr("token=x")));
  EXPECT_EQ(gate.observer().count_refused(404), 1);
}

TEST(Refusal, OfUnknownPathsDoesNotFillTheJournal) {
  RunningGate gate;
  Caller caller = gate.connect();
  for (int request = 0; request < 100; ++request) {
    caller.send(post_request("/nowhere", "{}"));
    EXPECT_EQ(caller.hear().status, 404);
  }
  const std::string log = gate.log();
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 20);
}

TEST(Refusal, OfAnotherMethodIs405AndNamesTheRightOne) {
  RunningGate gate;
  for (const auto* const method : {"GET", "PUT", "OPTIONS", "post", "PATCH"}) {
    const auto heard = gate.ask(std::string(method) +
                                " /v1/identity/scan HTTP/1.1\r\nHost: gate\r\n"
                                "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(heard.status, 405) << method;
    EXPECT_THAT(heard.header, HasSubstr("Allow: POST\r\n"));
  }
  EXPECT_EQ(gate.observer().count_refused(405), 5);
}

TEST(Refusal, DoesNotPoliceContentTypesAndQueries) {
  RunningGate gate;
  EXPECT_EQ(gate.ask(scan_with("Content-Type: text/plain\r\n")).status, 200);
  EXPECT_EQ(gate.ask(post_request("/v1/identity/scan?stage=prod", sample_scan().dump())).status,
            200);
}

TEST(Refusal, OfACallerWithoutTheTokenIs401OnEveryPath) {
  RunningGate gate(with_token());
  for (const auto* const fields :
       {"", "Authorization: Bearer wrong\r\n", "Authorization: Bearer s3cret-tokem\r\n",
        "Authorization: Bearer s3cret-token-and-more\r\n", "Authorization: Bearer \r\n",
        "Authorization: Basic s3cret-token\r\n", "Authorization: s3cret-token\r\n"}) {
    const auto heard = gate.ask(scan_with(fields));
    EXPECT_EQ(heard.status, 401) << fields;
    EXPECT_THAT(heard.header, HasSubstr("WWW-Authenticate: Bearer\r\n"));
  }
  EXPECT_EQ(gate.ask(post_request("/nowhere", "{}")).status, 401);
  EXPECT_EQ(gate.observer().count_refused(401), 8);
  EXPECT_THAT(gate.log(), Not(HasSubstr("s3cret")));
}

TEST(Refusal, EndsWithTheToken) {
  RunningGate gate(with_token());
  EXPECT_EQ(gate.ask(scan_with("Authorization: Bearer s3cret-token\r\n")).status, 200);
  EXPECT_EQ(gate.ask(scan_with("authorization: bearer s3cret-token\r\n")).status, 200);
}

TEST(Refusal, OfACallerWithoutTheTokenComesBeforeItsBodyAndEndsTheConnection) {
  RunningGate gate(with_token());
  for (const auto* const fields :
       {"Content-Length: 1000000\r\n", "Expect: 100-continue\r\nContent-Length: 1000000\r\n",
        "Transfer-Encoding: chunked\r\n", "Content-Length: 1000000000\r\n",
        "Authorization: Bearer wrong\r\nContent-Length: 5\r\n"}) {
    Caller caller = gate.connect();
    caller.send("POST /v1/order/purchases HTTP/1.1\r\nHost: gate\r\n" + std::string(fields) +
                "\r\n");
    const auto heard = caller.hear_last();
    EXPECT_EQ(heard.status, 401) << fields;
    EXPECT_THAT(heard.header, HasSubstr("WWW-Authenticate: Bearer\r\n"));
    EXPECT_THAT(heard.header, HasSubstr("Connection: close\r\n"));
  }
  EXPECT_EQ(gate.observer().count_refused(401), 5);
}

TEST(Refusal, EndsTheConnectionOfACallerWithoutTheTokenThoughItsRequestIsWhole) {
  RunningGate gate(with_token());
  Caller caller = gate.connect();
  caller.send(scan_with("") + scan_with("Authorization: Bearer s3cret-token\r\n"));
  EXPECT_EQ(caller.hear_last().status, 401);
}

TEST(Refusal, IsNotAvertedByATokenInATrailer) {
  RunningGate gate(with_token());
  const std::string body = sample_scan().dump();
  Caller caller = gate.connect();
  caller.send(
      fmt::format("POST /v1/identity/scan HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n{:x}\r\n{}\r\n0\r\nAuthorization: Bearer "
                  "s3cret-token\r\n\r\n",
                  body.size(), body));
  EXPECT_EQ(caller.hear_last().status, 401);
}

TEST(Refusal, OfWhatNoConnectorIsThereForComesBeforeTheBody) {
  RunningGate gate;
  for (const auto& [start, status] :
       {std::pair{"POST /nowhere", 404}, {"PUT /v1/identity/scan", 405}}) {
    Caller caller = gate.connect();
    caller.send(
        std::string(start) +
        " HTTP/1.1\r\nHost: gate\r\nExpect: 100-continue\r\nContent-Length: 500000\r\n\r\n");
    EXPECT_EQ(caller.hear_last().status, static_cast<unsigned>(status));
    EXPECT_EQ(gate.observer().count_refused(static_cast<unsigned>(status)), 1);
  }
}

TEST(Refusal, DoesNotMeetAPermittedCallerWhoseBodyComesLater) {
  RunningGate gate(with_token());
  const std::string request = scan_with("Authorization: Bearer s3cret-token\r\n");
  const auto body = request.find("\r\n\r\n") + 4;
  Caller caller = gate.connect();
  for (int i = 0; i < 2; ++i) {
    caller.send(request.substr(0, body));
    EXPECT_FALSE(caller.hears_within(milliseconds(20)));
    caller.send(request.substr(body));
    EXPECT_EQ(caller.hear().status, 200);
  }
}

TEST(Refusal, FollowsAReload) {
  RunningGate gate;
  EXPECT_EQ(gate.ask(scan_with("")).status, 200);
  gate.reload(with_token());
  EXPECT_EQ(gate.ask(scan_with("")).status, 401);
}

}  // namespace
}  // namespace gatehouse::gate
