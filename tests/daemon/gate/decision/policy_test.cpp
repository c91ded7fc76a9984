#include "daemon/gate/decision/policy.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr ScanPolicy lenient{};
constexpr ScanPolicy strict{.reject_when_stale = true};
constexpr ScanPolicy asking{.may_ask_cloud = true};
constexpr ScanPolicy strict_and_asking{.reject_when_stale = true, .may_ask_cloud = true};
constexpr bool fresh = false;
constexpr bool stale = true;

TEST(ScanPolicy, AcceptsWhoIsActive) {
  const ScanDecision accepted{Verdict::accept, ScanOutcome::accepted};
  EXPECT_EQ(decide(CacheFinding::active, fresh, lenient), accepted);
  EXPECT_EQ(decide(CacheFinding::active, fresh, strict_and_asking), accepted);
}

TEST(ScanPolicy, BelievesAStaleCacheUnlessTheOperatorSaysOtherwise) {
  EXPECT_EQ(decide(CacheFinding::active, stale, lenient),
            (ScanDecision{Verdict::accept, ScanOutcome::accepted}));
  EXPECT_EQ(decide(CacheFinding::active, stale, strict),
            (ScanDecision{Verdict::reject, ScanOutcome::stale}));
  EXPECT_EQ(decide(CacheFinding::active, stale, strict_and_asking),
            (ScanDecision{Verdict::reject, ScanOutcome::stale}));
}

TEST(ScanPolicy, RefusesWhoIsBlockedWithoutAskingAnyone) {
  for (const bool age : {fresh, stale}) {
    for (const auto& policy : {lenient, strict, asking, strict_and_asking}) {
      EXPECT_EQ(decide(CacheFinding::blocked, age, policy),
                (ScanDecision{Verdict::reject, ScanOutcome::blocked}));
    }
  }
}

TEST(ScanPolicy, AsksTheCloudAboutWhoIsUnknownOnlyWhereItMay) {
  EXPECT_EQ(decide(CacheFinding::unknown, fresh, lenient),
            (ScanDecision{Verdict::reject, ScanOutcome::unknown}));
  EXPECT_EQ(decide(CacheFinding::unknown, fresh, asking),
            (ScanDecision{Verdict::ask_cloud, ScanOutcome::unknown}));
  EXPECT_EQ(decide(CacheFinding::unknown, stale, strict),
            (ScanDecision{Verdict::reject, ScanOutcome::stale}));
  EXPECT_EQ(decide(CacheFinding::unknown, stale, strict_and_asking),
            (ScanDecision{Verdict::ask_cloud, ScanOutcome::stale}));
}

TEST(ScanPolicy, TreatsACacheThatCannotBeReadAsNotKnowing) {
  EXPECT_EQ(decide(CacheFinding::failed, fresh, lenient),
            (ScanDecision{Verdict::reject, ScanOutcome::cache_failed}));
  EXPECT_EQ(decide(CacheFinding::failed, fresh, asking),
            (ScanDecision{Verdict::ask_cloud, ScanOutcome::cache_failed}));
}

TEST(Staleness, BeginsOnlyAboveTheAge) {
  const WallTime now = from_unix_ms(1'700'000'000'000);
  EXPECT_FALSE(is_stale({.synced_at = now - hours{24}, .wall = now}, hours{24}));
  EXPECT_TRUE(is_stale({.synced_at = now - hours{24} - milliseconds{1}, .wall = now}, hours{24}));
}

TEST(Staleness, IsThatOfACacheThatWasNeverInStep) {
  EXPECT_TRUE(is_stale({}, hours{24}));
}

TEST(Staleness, GoesByTheSteadyClockWithinARun) {
  const WallTime now = from_unix_ms(1'700'000'000'000);
  CacheAge age{.synced_at = now, .in_step_before = minutes{1}, .open_for = hours{90}, .wall = now};
  age.wall += hours{24 * 365};
  EXPECT_FALSE(is_stale(age, hours{24})) << "the wall clock leapt";
  age.wall = now;
  age.in_step_before = hours{25};
  EXPECT_TRUE(is_stale(age, hours{24})) << "it stood still";
}

TEST(Staleness, IsNoMatterOfAClockThatNobodyConfirms) {
  const WallTime now = from_unix_ms(1'700'000'000'000);
  CacheAge age{.synced_at = now - hours{48}, .open_for = minutes{1}, .wall = now};
  EXPECT_TRUE(is_stale(age, hours{24}));
  age.wall_confirmed = false;
  EXPECT_FALSE(is_stale(age, hours{24}));
  age.open_for = hours{25};
  EXPECT_TRUE(is_stale(age, hours{24})) << "it is at least as old as this run";
}

TEST(Staleness, IsSwitchedOffByZero) {
  EXPECT_FALSE(is_stale({}, milliseconds{0}));
  EXPECT_FALSE(is_stale({.synced_at = WallTime{}, .wall = from_unix_ms(1'700'000'000'000)},
                        milliseconds{0}));
}

TEST(Staleness, IsNotThatOfACacheFromTheFuture) {
  const WallTime now = from_unix_ms(1'700'000'000'000);
  EXPECT_FALSE(is_stale({.synced_at = now + hours{48}, .wall = now}, hours{24}));
}

TEST(FirstSettlement, IsForCardTripsWhereSettlementIsOn) {
  using store::Entry;
  using store::SettlementState;
  using Mode = sync::SettlementMode;
  EXPECT_EQ(first_settlement(Entry::card, false, Mode::checkout), SettlementState::awaiting_price);
  EXPECT_EQ(first_settlement(Entry::card, true, Mode::checkout), std::nullopt);
  EXPECT_EQ(first_settlement(Entry::card, false, Mode::payment), SettlementState::awaiting_price);
  EXPECT_EQ(first_settlement(Entry::card, true, Mode::payment), SettlementState::cancel_due);
  EXPECT_EQ(first_settlement(Entry::card, false, Mode::none), std::nullopt);
  EXPECT_EQ(first_settlement(Entry::card, true, Mode::none), std::nullopt);
  EXPECT_EQ(first_settlement(Entry::app, false, Mode::payment), std::nullopt);
  EXPECT_EQ(first_settlement(Entry::app, true, Mode::payment), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::gate
