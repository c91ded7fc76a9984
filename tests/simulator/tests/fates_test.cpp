#include "tests/simulator/world/fates.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace gatehouse::simulator {
namespace {

Scenario scenario(const std::string& toml) {
  auto read = parse_scenario(toml, "s.toml");
  EXPECT_TRUE(read) << read.error().message;
  return read.value_or(Scenario{});
}

/// A fate as text, so that two can be compared.
std::string text_of(const Fate& fate) {
  const auto of = [](const std::optional<http::Answer>& answer) {
    return answer ? fmt::format("{}{}", answer->status, answer->hang_up ? " hung up" : "") : "-";
  };
  return fmt::format(
      "{} {} {} {} {} {}", of(fate.instead), of(fate.after), static_cast<int>(fate.verdict),
      fate.shape ? static_cast<int>(*fate.shape) : -1, fate.latency.count(), fate.silence.count());
}

const std::string mixed = R"([all]
jitter_ms = 50
http_500 = 0.2
closed_after = 0.2
silent_before = 0.1
html = 0.2
[payments.adjust]
pending = 0.3
declined = 0.2
)";

TEST(Fates, AreThoseOfTheTripAndItsCallWhateverArrivesBeside) {
  Fates one(scenario(mixed), 7);
  Fates other(scenario(mixed), 7);
  std::vector<std::string> in_order;
  for (int trip = 0; trip < 50; ++trip) {
    for (int call = 0; call < 3; ++call) {
      in_order.push_back(text_of(one.draw(Endpoint::adjust, fmt::format("t-{}", trip))));
    }
  }
  std::vector<std::string> mixed_up(in_order.size());
  for (int call = 0; call < 3; ++call) {
    for (int trip = 49; trip >= 0; --trip) {
      (void)other.draw(Endpoint::capture, fmt::format("t-{}", trip));
      mixed_up[static_cast<std::size_t>(trip * 3 + call)] =
          text_of(other.draw(Endpoint::adjust, fmt::format("t-{}", trip)));
    }
  }
  EXPECT_EQ(in_order, mixed_up);
  Fates of_another_seed(scenario(mixed), 8);
  EXPECT_NE(in_order.front() + in_order[1] + in_order[2],
            text_of(of_another_seed.draw(Endpoint::adjust, "t-0")) +
                text_of(of_another_seed.draw(Endpoint::adjust, "t-0")) +
                text_of(of_another_seed.draw(Endpoint::adjust, "t-0")));
}

TEST(Fates, ComeAtTheirRate) {
  Fates fates(scenario("[payments.capture]\nclosed_after = 0.1\n"), 1);
  int closed = 0;
  for (int i = 0; i < 2000; ++i) {
    closed += fates.draw(Endpoint::capture, fmt::format("t-{}", i)).after ? 1 : 0;
  }
  EXPECT_NEAR(closed, 200, 50);
}

TEST(Fates, StayPendingSoManyTimesAndThenDecide) {
  Fates fates(scenario("[payments.adjust]\npending = 1\npending_times = 2\ndeclined = 1\n"
                       "unknown_trip = 1\nunknown_trip_calls = 1\n"),
              1);
  const auto next = [&] { return fates.draw(Endpoint::adjust, "t").verdict; };
  EXPECT_EQ(next(), Verdict::unknown_trip);
  EXPECT_EQ(next(), Verdict::pending);
  EXPECT_EQ(next(), Verdict::pending);
  EXPECT_EQ(next(), Verdict::declined);
  EXPECT_EQ(next(), Verdict::declined) << "an issuer does not change its mind";
}

TEST(Fates, LeaveNoEffectWhereTheWrongShapeHadNone) {
  Fates none(scenario("[all]\nhtml = 1\nwrong_shape_effect = 0\n"), 1);
  const auto fate = none.draw(Endpoint::capture, "t");
  ASSERT_TRUE(fate.instead);
  EXPECT_EQ(fate.instead->content_type, "text/html");
  Fates always(scenario("[all]\nhtml = 1\nwrong_shape_effect = 1\n"), 1);
  EXPECT_EQ(always.draw(Endpoint::capture, "t").shape, Shape::html);
}

// An empty 200 is what Amazon answers to a capture that it took: without its effect it would be a
// lie that nobody could see through.
TEST(Fates, NeverAnswerAsIfItHadHappenedWhatHadNot) {
  for (const auto* shape : {"empty_body", "no_content", "wrong_content_type"}) {
    Fates fates(scenario(fmt::format("[all]\n{} = 1\nwrong_shape_effect = 0\n", shape)), 1);
    EXPECT_TRUE(fates.draw(Endpoint::capture, "t").shape) << shape;
    EXPECT_TRUE(fates.draw(Endpoint::purchases, "t").shape) << shape;
  }
  // What stands in such an answer is never needed, so half of it is as good as none.
  Fates halved(scenario("[all]\ntruncated_json = 1\nwrong_shape_effect = 0\n"), 1);
  for (const auto endpoint : {Endpoint::capture, Endpoint::cancel}) {
    EXPECT_TRUE(halved.draw(endpoint, "t").shape);
  }
  EXPECT_TRUE(halved.draw(Endpoint::adjust, "t").instead);
  Fates doubled(scenario("[all]\ndoubled_member = 1\nwrong_shape_effect = 0\n"), 1);
  EXPECT_TRUE(doubled.draw(Endpoint::capture, "t").shape);
  EXPECT_TRUE(doubled.draw(Endpoint::adjust, "t").instead);
  Fates redirected(scenario("[all]\nredirect = 1\nwrong_shape_effect = 1\n"), 1);
  EXPECT_EQ(redirected.draw(Endpoint::capture, "t").instead->status, 302U);
}

TEST(Fates, SpeakAsTheApiGatewayDoes) {
  Fates expired(scenario("[payments]\nexpired_token = 1\n"), 1);
  const auto answer = expired.draw(Endpoint::capture, "t").instead;
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 403U);
  EXPECT_NE(answer->body.find("security token included in the request is expired"),
            std::string::npos);
  Fates skewed(scenario("[payments]\nclock_skew = 1\n"), 1);
  std::set<std::string> types;
  for (int i = 0; i < 20; ++i) {
    types.insert(skewed.draw(Endpoint::capture, "t").instead->headers.at(0).second);
  }
  EXPECT_EQ(types, (std::set<std::string>{"InvalidSignatureException", "RequestTimeTooSkewed"}));
  Fates busy(scenario("[payments]\nhttp_429 = 1\nretry_after_s = 600\n"), 1);
  EXPECT_EQ(busy.draw(Endpoint::capture, "t").instead->headers.at(0).second, "600");
}

TEST(Fates, SpeakAsProxiesAndGatewaysDoThatHavePassedNothingOn) {
  Fates fates(scenario("[all]\nproxy_4xx = 1\n"), 1);
  std::set<std::pair<unsigned, std::string>> seen;
  for (int i = 0; i < 200; ++i) {
    const auto answer = fates.draw(Endpoint::purchases, fmt::format("t-{}", i)).instead;
    ASSERT_TRUE(answer);
    seen.emplace(answer->status, answer->headers.empty() ? "" : answer->headers.at(0).second);
  }
  EXPECT_EQ(seen,
            (std::set<std::pair<unsigned, std::string>>{{400, ""},
                                                        {404, ""},
                                                        {413, ""},
                                                        {400, "BadRequestException"},
                                                        {413, "RequestEntityTooLargeException"}}));
}

TEST(Fates, AnswerLateWhatHasHappened) {
  Fates fates(scenario("[all]\nlate = 1\n"), 1);
  const auto fate = fates.draw(Endpoint::capture, "t");
  EXPECT_EQ(fate.silence, milliseconds{12'000});
  EXPECT_FALSE(fate.instead || fate.after || fate.shape);
  EXPECT_TRUE(fate.is_fault());
}

TEST(Misshapen, IsWhatItsNameSays) {
  const http::Answer true_answer{.status = 201, .body = R"({"purchaseId":"P-1"})"};
  EXPECT_EQ(misshapen(Shape::empty_body, true_answer).body, "");
  EXPECT_EQ(misshapen(Shape::truncated_json, true_answer).body, R"({"purchase)");
  EXPECT_GT(misshapen(Shape::huge_body, true_answer).body.size(), 10'000'000U);
  EXPECT_EQ(misshapen(Shape::error_in_200, true_answer).status, 200U);
  EXPECT_EQ(misshapen(Shape::no_content, true_answer).status, 204U);
  EXPECT_EQ(misshapen(Shape::wrong_content_type, true_answer).body, true_answer.body);
}

}  // namespace
}  // namespace gatehouse::simulator
