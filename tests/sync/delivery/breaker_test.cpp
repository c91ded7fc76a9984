#include "sync/delivery/breaker.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{1h};

/// Fails with as many different records as it takes.
Breaker opened(SteadyTime now, double chance = 0.5) {
  Breaker breaker;
  for (std::size_t i = 0; i < Breaker::failures_to_open; ++i) {
    breaker.failed({.record = static_cast<std::int64_t>(i)}, now, chance);
  }
  return breaker;
}

TEST(Breaker, OpensAfterFailuresOfDifferentRecords) {
  Breaker breaker;
  for (std::int64_t record = 1; record < 5; ++record)
    breaker.failed({.record = record}, start, 0.5);
  EXPECT_EQ(breaker.allowance(start, 16), 16U);
  breaker.failed({.record = 5}, start, 0.5);
  EXPECT_EQ(breaker.state(), Breaker::State::open);
  EXPECT_EQ(breaker.allowance(start, 16), 0U);
}

TEST(Breaker, IsNotOpenedByOneRecordThatAlwaysFails) {
  Breaker breaker;
  for (int i = 0; i < 100; ++i) breaker.failed({.record = 7}, start, 0.5);
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
}

TEST(Breaker, IsOpenedByOneRecordWhereTheLineSurelyIsDown) {
  Breaker breaker;
  for (int i = 0; i < 5; ++i) breaker.failed({.record = 7, .certain = true}, start, 0.5);
  EXPECT_EQ(breaker.state(), Breaker::State::open);
}

TEST(Breaker, CountsAnewAfterASuccess) {
  Breaker breaker;
  for (std::int64_t record = 1; record < 20; ++record) {
    breaker.failed({.record = record}, start, 0.5);
    if (record % 4 == 0) breaker.succeeded();
  }
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
}

TEST(Breaker, LetsOneProbeThroughAndClosesWhenItSucceeds) {
  auto breaker = opened(start);
  const auto then = breaker.open_until();
  EXPECT_EQ(breaker.allowance(then - 1ms, 16), 0U);
  EXPECT_EQ(breaker.allowance(then, 16), 1U);
  breaker.started();
  EXPECT_EQ(breaker.allowance(then + 1h, 16), 0U) << "one probe is out already";
  breaker.succeeded();
  EXPECT_EQ(breaker.allowance(then, 16), 16U);
}

TEST(Breaker, ProbesAtAnEighthOfTheOutageUpToAMinute) {
  auto breaker = opened(start);
  EXPECT_LE(breaker.open_until(), start + 1s);
  const auto probe_at = [&](SteadyTime now) {
    breaker.started();
    breaker.failed({.record = 1}, now, 0.999999);
    return breaker.open_until() - now;
  };
  EXPECT_LE(probe_at(start + 2min), 15s);
  EXPECT_GT(probe_at(start + 2min), 14s);
  EXPECT_LE(probe_at(start + 24h), 60s);
}

TEST(Breaker, JittersItsProbesAlsoAtTheCap) {
  for (const double chance : {0.0, 0.25, 0.75}) {
    auto breaker = opened(start);
    breaker.started();
    breaker.failed({.record = 1}, start + 24h, chance);
    const milliseconds expected{static_cast<std::int64_t>(30'000 + 30'000 * chance)};
    EXPECT_EQ(breaker.open_until() - (start + 24h), expected);
  }
}

TEST(Breaker, OpensAtOnceAndForAsLongAsItIsAskedTo) {
  Breaker breaker;
  breaker.failed({.record = 1, .hold = 600s}, start, 0.5);
  EXPECT_EQ(breaker.allowance(start + 599s, 16), 0U);
  EXPECT_EQ(breaker.allowance(start + 600s, 16), 1U);
}

TEST(Breaker, TakesNoNewsFromRequestsOfBeforeItOpened) {
  auto breaker = opened(start);
  const auto until = breaker.open_until();
  breaker.failed({.record = 99}, start + 100ms, 0.5);
  EXPECT_EQ(breaker.open_until(), until);
  breaker.failed({.record = 99, .hold = 30s}, start + 100ms, 0.5);
  EXPECT_EQ(breaker.open_until(), start + 100ms + 30s);
  breaker.succeeded();
  EXPECT_EQ(breaker.state(), Breaker::State::closed);
}

}  // namespace
}  // namespace gatehouse::sync
