#include "daemon/local/parts/part_watch.hpp"

#include <gtest/gtest.h>

#include "daemon/local/parts/health.hpp"
#include "tests/daemon/local/parts/facts_of_a_known_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

class PartWatched : public testing::Test {
 protected:
  PartState look(milliseconds after) {
    return state_of(watch_.look(health_of(facts).parts, SteadyTime{} + after, facts.now + after),
                    Part::ledger);
  }
  Facts facts = [] {
    Facts known = known_day();
    known.now = WallTime{1'746'144'318'000ms};
    return known;
  }();

 private:
  PartWatch watch_;
};

TEST_F(PartWatched, IsInItsConditionSinceItWasFoundInIt) {
  EXPECT_EQ(look(0s).since, facts.now);
  EXPECT_EQ(look(5s).since, facts.now);
  facts.process.ledger_trouble = "full";
  EXPECT_EQ(look(10s).since, facts.now + 10s);
  EXPECT_EQ(look(15s).since, facts.now + 10s);
  facts.process.ledger_trouble.clear();
  EXPECT_EQ(look(20s).since, facts.now + 20s) << "well again";
}

/// A box without a clock of its own starts in 1970.
TEST_F(PartWatched, IsNotTakenInByAClockThatLeaps) {
  PartWatch watch;
  const Parts parts = health_of(facts).parts;
  const SteadyTime start{};
  EXPECT_EQ(watch.look(parts, start, WallTime{5s}).front().since, WallTime{5s});
  EXPECT_EQ(watch.look(parts, start + 10s, facts.now).front().since, facts.now - 10s);
  EXPECT_EQ(watch.look(parts, start + 20s, facts.now + 9'400ms).front().since, facts.now - 11s)
      << "in whole seconds";
}

TEST_F(PartWatched, DoesNotBeginAnewForAnotherReason) {
  facts.process.ledger_trouble = "full";
  EXPECT_EQ(look(0s).code, "ledger_trouble");
  facts.process.ledger_trouble.clear();
  facts.process.carts_refused = "SQLITE_CORRUPT";
  const PartState state = look(5s);
  EXPECT_EQ(state.code, "ledger_refuses_carts");
  EXPECT_EQ(state.since, facts.now);
}

TEST_F(PartWatched, TellsItsPartsApart) {
  PartWatch watch;
  (void)watch.look(health_of(facts).parts, SteadyTime{}, facts.now);
  facts.process.sync.cloud.open = false;
  const Parts parts = watch.look(health_of(facts).parts, SteadyTime{} + 5s, facts.now + 5s);
  EXPECT_EQ(state_of(parts, Part::cloud).since, facts.now + 5s);
  EXPECT_EQ(state_of(parts, Part::feed).since, facts.now);
}

}  // namespace
}  // namespace gatehouse::local
