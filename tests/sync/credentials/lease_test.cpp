#include "sync/credentials/lease.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

const WallTime now = from_unix_ms(1'800'000'000'000);
const SteadyTime steady{1h};

Lease held() {
  Lease lease;
  lease.held = true;
  lease.expires_at = now + 1h;
  lease.renew_at = now + 54min;
  return lease;
}

struct Case {
  std::string name;
  void (*happens)(Lease&);
  bool usable;
  bool fetch;
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class LeaseTable : public testing::TestWithParam<Case> {};
TEST_P(LeaseTable, DecidesWhetherKeysAreUsedAndFetched) {
  Lease lease = held();
  GetParam().happens(lease);
  const auto decision = decide(lease, now, steady);
  EXPECT_EQ(decision.usable, GetParam().usable);
  EXPECT_EQ(decision.fetch, GetParam().fetch);
  EXPECT_LE(decision.look_again, lease_look_again_max);
  EXPECT_GE(decision.look_again, 0ms);
}

const Case cases[] = {
    {"fresh", [](Lease&) {}, true, false},
    {"none", [](Lease& l) { l.held = false; }, false, true},
    {"nobody_wants_any", [](Lease& l) { l.wanted = l.held = false; }, false, false},
    {"on_their_way",
     [](Lease& l) {
       l.held = false;
       l.under_way = true;
     },
     false, false},
    {"too_early_to_try_again",
     [](Lease& l) {
       l.held = false;
       l.not_before = steady + 1ms;
     },
     false, false},
    {"time_to_renew", [](Lease& l) { l.renew_at = now; }, true, true},
    {"renewal_failed_but_good_still",
     [](Lease& l) {
       l.renew_at = now - 10min;
       l.expires_at = now + 1ms;
       l.not_before = steady + 5s;
     },
     true, false},
    {"expired", [](Lease& l) { l.expires_at = now; }, false, true},
    {"never_expiring",
     [](Lease& l) {
       l.expires_at.reset();
       l.renew_at.reset();
     },
     true, false},
    {"suspect", [](Lease& l) { l.suspect = true; }, true, true},
    {"suspect_and_refused_before",
     [](Lease& l) {
       l.suspect = true;
       l.suspect_from = steady + 1ms;
     },
     true, false},
    {"time_to_renew_and_refused_before",
     [](Lease& l) {
       l.renew_at = now;
       l.suspect = true;
       l.suspect_from = steady + 1ms;
     },
     true, true},
    {"suspect_and_on_their_way", [](Lease& l) { l.suspect = l.under_way = true; }, true, false},
};
INSTANTIATE_TEST_SUITE_P(Table, LeaseTable, testing::ValuesIn(cases), name_of);

TEST(Lease, IsLookedAtWhenSomethingBecomesDue) {
  Lease lease = held();
  lease.renew_at = now + 3s;
  EXPECT_EQ(decide(lease, now, steady).look_again, 3s);
  lease.under_way = true;
  lease.expires_at = now + 2s;
  EXPECT_EQ(decide(lease, now, steady).look_again, 2s);
  lease = held();
  lease.held = false;
  lease.not_before = steady + 4s;
  EXPECT_EQ(decide(lease, now, steady).look_again, 4s);
}

TEST(RenewalTime, IsFiveToTenMinutesBeforeTheEnd) {
  EXPECT_EQ(renewal_time(now, now + 1h, 0), now + 55min);
  EXPECT_EQ(renewal_time(now, now + 1h, 0.5), now + 52min + 30s);
}

TEST(RenewalTime, LeavesShortLivedKeysHalfOfTheirLife) {
  EXPECT_EQ(renewal_time(now, now + 8min, 0.9), now + 4min);
  EXPECT_EQ(renewal_time(now, now + 2s, 0), now + 1s);
}

}  // namespace
}  // namespace gatehouse::sync
