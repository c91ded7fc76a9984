#include "sync/retry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

Reply answered(int status) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  return reply;
}

milliseconds longest(int failures) {
  return retry_delay({.failures = failures}, 0.999999);
}

TEST(Retry, GivesEveryStatusAVerdict) {
  for (int status = 100; status < 600; ++status) {
    const auto judgement = classify(answered(status));
    Verdict expected = Verdict::retry;  // 1xx and 5xx
    if (status >= 200 && status < 300) expected = Verdict::delivered;
    if (status >= 300 && status < 400) expected = Verdict::locked_out;
    if (status >= 400 && status < 500) expected = Verdict::refused;
    if (status == 401 || status == 403) expected = Verdict::locked_out;
    if (status == 408 || status == 429) expected = Verdict::retry;
    if (status == 409) expected = Verdict::delivered;
    EXPECT_EQ(judgement.verdict, expected) << status;
    EXPECT_EQ(judgement.throttled, status == 429) << status;
    EXPECT_EQ(judgement.reason.empty(), expected == Verdict::delivered) << status;
  }
}

TEST(Retry, RetriesWhatWasNotSentAndWhatWasNotAnswered) {
  for (const auto sent : {Sent::no, Sent::maybe}) {
    Reply reply;
    reply.sent = sent;
    reply.error = "timed out";
    EXPECT_EQ(classify(reply).verdict, Verdict::retry);
    EXPECT_NE(classify(reply).reason.find("timed out"), std::string::npos);
  }
}

TEST(Retry, TakesAProxysPageForNoDelivery) {
  for (const auto* body : {"<!DOCTYPE html><html></html>", R"({"purchaseId":"P-)", "[]", "\"ok\"",
                           "OK", R"({"errorMsg":"InternalServerException"})"}) {
    auto reply = answered(200);
    reply.body = body;
    EXPECT_EQ(classify(reply).verdict, Verdict::retry) << body;
    EXPECT_NE(classify(reply).reason.find("cloud.url"), std::string::npos);
  }
  for (const auto* body : {"", " \r\n", "{}", R"({"purchaseId":"P-1","message":"well done"})"}) {
    auto reply = answered(201);
    reply.body = body;
    EXPECT_EQ(classify(reply).verdict, Verdict::delivered) << body;
  }
}

TEST(Retry, NeverRepeatsTheAnswersBodyInAReason) {
  auto reply = answered(422);
  reply.body = "4111-1111";
  EXPECT_EQ(classify(reply).reason.find("4111"), std::string::npos);
}

TEST(Retry, ClimbsTheLadderAndNeverBeyondFifteenMinutes) {
  for (int failures = 1; failures < 40; ++failures) {
    EXPECT_LE(longest(failures), longest(failures + 1));
    EXPECT_LE(longest(failures), 15min);
  }
  EXPECT_LE(longest(1), 500ms);
  EXPECT_GT(longest(20), 14min);
  EXPECT_LE(longest(2'000'000'000), 15min);
}

TEST(Retry, KeepsItsJitterAtTheCap) {
  std::set<milliseconds> delays;
  for (int i = 0; i < 100; ++i) delays.insert(retry_delay({.failures = 50}, i / 100.0));
  EXPECT_EQ(delays.size(), 100U);
  EXPECT_EQ(*delays.begin(), 0ms);
}

TEST(Retry, ObeysRetryAfterAsALowerBoundJitteredUpwards) {
  for (const double chance : {0.0, 0.5, 0.999}) {
    const auto delay = retry_delay({.failures = 1, .retry_after = 600s}, chance);
    EXPECT_GE(delay, 600s);
    EXPECT_LE(delay, 720s);
  }
  EXPECT_GT(retry_delay({.failures = 1, .retry_after = 600s}, 0.9),
            retry_delay({.failures = 1, .retry_after = 600s}, 0.1));
}

TEST(Retry, CapsAnAbsurdRetryAfterAndIgnoresANegativeOne) {
  EXPECT_LE(retry_delay({.failures = 1, .retry_after = 999'999s}, 0.999), retry_delay_max);
  EXPECT_GE(retry_delay({.failures = 1, .retry_after = 999'999s}, 0.0), 15min);
  EXPECT_LE(retry_delay({.failures = 1, .retry_after = -5s}, 0.999), 500ms);
}

TEST(Retry, WaitsLongerWhenThrottledAndWhenTheBudgetIsSpent) {
  EXPECT_GT(retry_delay({.failures = 1, .throttled = true}, 0.999), longest(1));
  EXPECT_GT(retry_delay({.failures = 1, .quick = false}, 0.999), 20s);
}

TEST(Retry, StaysReadyForTheProbeOfADestinationInTrouble) {
  EXPECT_LE(retry_delay({.failures = 50, .at_most = 4s}, 0.999), 4s);
}

TEST(RetryBudget, IsSpentByRetriesAndRefilledBySuccesses) {
  RetryBudget budget;
  int taken = 0;
  while (budget.take(false)) ++taken;
  EXPECT_EQ(taken, RetryBudget::capacity / RetryBudget::retry_cost);
  EXPECT_TRUE(budget.take(true)) << "a throttled retry costs less: 10 tokens were left";
  for (int i = 0; i < RetryBudget::retry_cost; ++i) budget.give();
  EXPECT_TRUE(budget.take(false));
  for (int i = 0; i < 1000; ++i) budget.give();
  EXPECT_EQ(budget.tokens(), RetryBudget::capacity);
}

}  // namespace
}  // namespace gatehouse::sync
