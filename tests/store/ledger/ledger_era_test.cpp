// The eras of a ledger: which it was in, and which are of a copy.
#include <gtest/gtest.h>

#include <set>

#include "tests/store/ledger/ledger_grant_fixture.hpp"

namespace gatehouse::store {
namespace {

using LedgerEra = LedgerGrant;

TEST(Grant, IsThatOfTheLedgerAndEraThatThePriceNames) {
  const LedgerMark mark{"a-uuid", 3, 90};
  EXPECT_EQ(ledger_name(mark), "a-uuid.3");
  EXPECT_EQ(era_named("a-uuid.3", mark), 3);
  EXPECT_EQ(era_named("b-uuid.3", mark), std::nullopt);
  for (const char* no_name : {"a-uuid", "a-uuid.", "a-uuid.x", ".3", "3"}) {
    EXPECT_EQ(era_named(no_name, mark), std::nullopt) << no_name;
  }
  EXPECT_EQ(era_named("a-uuid.1", LedgerMark{}), std::nullopt) << "this one has no name yet";
  EXPECT_EQ(ledger_name(LedgerMark{}), "");
  EXPECT_EQ(grant_of_era(3, false, mark), Grant::vouched);
  EXPECT_EQ(grant_of_era(2, true, mark), Grant::earlier);
  EXPECT_EQ(grant_of_era(2, false, mark), Grant::another) << "a copy of this ledger was in it";
  EXPECT_EQ(grant_of_era(4, false, mark), Grant::another) << "a copy of this ledger went on";
}

TEST(Era, ThatACopyBeginsIsNoneThatItsOriginalBegins) {
  const LedgerFile file{.number = 7, .born_ns = 100, .machine = "m"};
  const std::int64_t begun = next_era(4, at(1'000), file);
  EXPECT_GT(begun, 4);
  EXPECT_LE(begun, 4 + era_leap_max);
  EXPECT_EQ(next_era(4, at(1'000), file), begun) << "nothing else decides it";
  std::set<std::int64_t> others{begun};
  for (int ms = 1; ms <= 1'000; ++ms) others.insert(next_era(4, at(1'000 + ms), file));
  others.insert(next_era(4, at(1'000), {.number = 8, .born_ns = 100, .machine = "m"}));
  others.insert(next_era(4, at(1'000), {.number = 7, .born_ns = 101, .machine = "m"}));
  others.insert(next_era(4, at(1'000), {.number = 7, .born_ns = 100, .machine = "n"}));
  EXPECT_EQ(others.size(), 1'004U);
}

TEST_F(LedgerEra, BeginsWithEachGapAndWithItsAcceptance) {
  EXPECT_EQ(opened.ledger.mark().era, 1);
  lose_history();
  const std::int64_t since_the_gap = opened.ledger.mark().era;
  EXPECT_GT(since_the_gap, 1);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  EXPECT_GT(opened.ledger.mark().era, since_the_gap);
  EXPECT_EQ(counts().mark, opened.ledger.mark());
}

TEST_F(LedgerEra, IsForgottenWhereItsCommitFailed) {
  lose_history();
  const std::int64_t since_the_gap = opened.ledger.mark().era;
  require(opened.ledger.begin());
  EXPECT_TRUE(require(opened.ledger.accept_gaps(at(40'000), 100)));
  opened.ledger.rollback();
  EXPECT_EQ(opened.ledger.mark().era, since_the_gap);
}

TEST_F(LedgerEra, ThatIsKilledBetweenItsBeginAndItsWitnessIsNoGap) {
  lose_history();
  append("t-1");
  require(opened.witness->write(opened.ledger.mark(), at(30'000)));
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  ASSERT_NE(Witness::look(Witness::beside(file)).mark.era, opened.ledger.mark().era);
  opened = require(open_vouched(file, at(50'000)));
  EXPECT_FALSE(counts().gap);
}

}  // namespace
}  // namespace gatehouse::store
