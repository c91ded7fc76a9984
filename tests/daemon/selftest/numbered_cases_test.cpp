// Every numbered case of Amazon's test pages, over a real gate, cache and ledger. The table is the
// one that `gatehouse selftest` runs.
#include <gtest/gtest.h>

#include <ostream>

#include "daemon/selftest/judge.hpp"
#include "tests/daemon/gate/instruments.hpp"
#include "tests/daemon/gate/running_gate.hpp"

namespace gatehouse::selftest {

/// How GoogleTest names a case; by itself it would print the bytes.
void PrintTo(const Case& tested, std::ostream* out) {
  *out << tested.call << ' ' << tested.number;
}

}  // namespace gatehouse::selftest

namespace gatehouse::gate {
namespace {

using selftest::Case;

selftest::Setup setup() {
  return {.store_id = "STORE-001",
          .known_key = "known-key",
          .associate_key = "associate-key",
          .accepted_instrument = "pi-accepted",
          .denied_instrument = "pi-denied",
          .adjusted_instrument = "pi-adjusted",
          .indebted_instrument = "pi-indebted",
          .card_entry = true,
          .run = "0123456789ab",
          .now = SystemClock().wall()};
}

/// "C3_04_identity_keys": as the page numbers it.
std::string name_of(const testing::TestParamInfo<Case>& info) {
  std::string name = "C" + info.param.number + '_' + std::string(info.param.call);
  for (char& letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
  }
  return name;
}

class NumberedCase : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    gate_ = std::make_unique<RunningGate>();
    gate_->put("known-key", "S-1001", store::Role::shopper, store::Status::active);
    gate_->put("associate-key", "A-1", store::Role::associate, store::Status::active);
    gate_->put_instrument("pi-accepted", accepted_instrument());
    gate_->put_instrument("pi-denied", denied_instrument());
    gate_->put_instrument("pi-adjusted", adjusted_instrument(3000));
    gate_->put_instrument("pi-indebted", indebted_instrument(1250));
  }
  static void TearDownTestSuite() { gate_.reset(); }

  static std::expected<selftest::Reply, std::string> ask(std::string_view path,
                                                         const std::string& body) {
    const ParsedAnswer answer = gate_->ask(post_request(path, body));
    return selftest::Reply{answer.status, answer.body.dump()};
  }

  static std::unique_ptr<RunningGate> gate_;
};
std::unique_ptr<RunningGate> NumberedCase::gate_;

TEST_P(NumberedCase, IsAnsweredAsAmazonExpects) {
  if (!GetParam().not_run.empty()) {
    EXPECT_TRUE(GetParam().steps.empty());
    return;  // has a test of its own: the ones named C… below and beside this file
  }
  EXPECT_EQ(selftest::run(GetParam(), ask), "") << GetParam().title;
}

INSTANTIATE_TEST_SUITE_P(Amazon, NumberedCase, testing::ValuesIn(selftest::all_cases(setup())),
                         name_of);

TEST(NumberedCases, AreAllThere) {
  const auto count = [](const std::vector<Case>& cases) { return cases.size(); };
  EXPECT_EQ(count(selftest::identity_cases(setup())), 2U + 1U + 17U + 1U + 1U);
  EXPECT_EQ(count(selftest::ordering_cases(setup())), 15U + 1U + 35U);
  EXPECT_EQ(count(selftest::fraud_cases(setup())), 16U);
}

TEST(NumberedCases, SayWhatTheyNeedWhereTheyAreNotRun) {
  selftest::Setup bare;
  bare.store_id = "S";
  bare.run = "0123456789ab";
  const auto cases = selftest::all_cases(bare);
  int not_run = 0;
  for (const Case& tested : cases) not_run += tested.not_run.empty() ? 0 : 1;
  EXPECT_EQ(not_run, 3 + 1 + 1 + 4 + 2);
}

TEST(NumberedCases, KeepToTheIdentifierTypesOfTheBox) {
  for (const std::vector<std::string>& types :
       {std::vector<std::string>{}, {"GTIN", "EAN"}, {"OWN"}}) {
    auto narrow = setup();
    narrow.identifier_types = types;
    GateOptions options = RunningGate::default_options();
    options.cart_rules.identifier_types = types;
    RunningGate gate(std::move(options));
    const auto ask = [&gate](std::string_view path, const std::string& body) {
      const ParsedAnswer answer = gate.ask(post_request(path, body));
      return std::expected<selftest::Reply, std::string>(
          selftest::Reply{answer.status, answer.body.dump()});
    };
    for (const Case& tested : selftest::ordering_cases(narrow)) {
      if (!tested.not_run.empty()) continue;
      EXPECT_EQ(selftest::run(tested, ask), "") << tested.number << " " << types.size();
    }
  }
}

TEST(NumberedCases, SendCartsThatCanBeToldApart) {
  auto other = setup();
  other.run = "ba9876543210";
  const auto trip = [](const Case& tested) {
    return nlohmann::json::parse(tested.steps[0].body)["idempotentShoppingTripId"]
        .get<std::string>();
  };
  const std::string first = trip(selftest::ordering_cases(setup())[0]);
  EXPECT_TRUE(first.starts_with(selftest::trip_prefix)) << first;
  EXPECT_EQ(first.size(), 36U);
  EXPECT_NE(first, trip(selftest::ordering_cases(setup())[1]));
  EXPECT_NE(first, trip(selftest::ordering_cases(other)[0]));
}

TEST(NumberedCases, FailWhereTheAnswerIsAnother) {
  const auto says = [](unsigned status, const std::string& body) {
    return [status, body](std::string_view, const std::string&) {
      return std::expected<selftest::Reply, std::string>(selftest::Reply{status, body});
    };
  };
  const auto cases = selftest::identity_cases(setup());
  EXPECT_EQ(selftest::run(cases[0], says(401, "{}")), "status 401 came, expected 200");
  EXPECT_EQ(selftest::run(cases[0], says(200, "<html>")), "the answer is not a JSON object");
  EXPECT_EQ(selftest::run(cases[0], says(200, R"({"visitorDetails":{"type":"ASSOCIATE"}})")),
            R"(the answer lacks {"visitorDetails":{"type":"SHOPPER"}})");
  EXPECT_EQ(selftest::run(cases[0], says(200, R"({"visitorDetails":{"type":"SHOPPER"}})")), "");
  EXPECT_EQ(selftest::run(cases[2], says(401, "{}")), "the answer has no errorMsg");
  EXPECT_EQ(selftest::run(cases[3], says(400, R"({"errorMsg":"storeId"})")),
            "errorMsg does not begin with \"requestId is missing\"");
  const auto fraud = selftest::fraud_cases(setup());
  EXPECT_EQ(selftest::run(fraud[9], says(200, R"({"shopperAuthorized":true})")),
            "authorizationConditions is empty");
}

}  // namespace
}  // namespace gatehouse::gate
