// Whether the history of a ledger can be vouched for, by what its witness says.
#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using enum GapKind;

LedgerMark mark(const std::string& id, std::int64_t era, std::int64_t sequence) {
  return {id, era, sequence};
}
WitnessView witness_of(LedgerMark said) {
  return {WitnessView::State::read, std::move(said), at(0)};
}
LedgerView ledger_of(LedgerMark mark) {
  return {.witnessed = true, .mark = std::move(mark)};
}

/// In another era now, since it left this one at so many commits.
LedgerView left(std::int64_t era, std::int64_t commits) {
  LedgerView ledger = ledger_of(mark("a", era + 1, commits + 3));
  ledger.left_at = commits;
  return ledger;
}

TEST(FindGap, FindsNoneWhereTheWitnessIsNotAheadOfTheLedger) {
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), ledger_of(mark("a", 1, 7))), std::nullopt);
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), ledger_of(mark("a", 1, 9))), std::nullopt)
      << "a power cut took the last second of the witness";
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), left(1, 7)), std::nullopt);
}

TEST(FindGap, TakesNoEraForAnEarlierOneBecauseItsNumberIsLower) {
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), ledger_of(mark("a", 2, 90))), behind)
      << "that of a copy, which it was never in";
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 8)), left(1, 7)), behind)
      << "the witness of the original, which went on in it";
}

TEST(FindGap, TellsAnOlderCopyAnotherLedgerAndNoneApart) {
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), ledger_of(mark("a", 1, 6))), behind);
  EXPECT_EQ(find_gap(witness_of(mark("a", 2, 1)), ledger_of(mark("a", 1, 90))), behind)
      << "a copy from before the last gap, however far it came elsewhere";
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), ledger_of(mark("b", 1, 90))), other);
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), LedgerView{}), other)
      << "a ledger of a version without identity, put back";
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), LedgerView{.fresh = true}), missing);
}

TEST(FindGap, TakesTheFirstStartOfAllAndTheOneAfterAnUpdateForWhatTheyAre) {
  EXPECT_EQ(find_gap({}, LedgerView{.fresh = true}), std::nullopt);
  EXPECT_EQ(find_gap({}, LedgerView{}), std::nullopt);
  EXPECT_EQ(find_gap({}, {.mark = mark("a", 1, 3)}), std::nullopt) << "killed before its witness";
}

TEST(FindGap, MakesNothingMoreOfALostWitnessThanThat) {
  EXPECT_EQ(find_gap({}, ledger_of(mark("a", 1, 3))), witness_lost);
  const WitnessView damaged{.state = WitnessView::State::unreadable};
  EXPECT_EQ(find_gap(damaged, ledger_of(mark("a", 1, 3))), witness_lost);
  EXPECT_EQ(find_gap(damaged, LedgerView{.fresh = true}), missing) << "but something was here";
}

TEST(FindGap, TellsACopyWhereTheWitnessHasNothingGraverToSay) {
  LedgerView copy = ledger_of(mark("a", 1, 7));
  copy.copied = true;
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), copy), copied);
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 8)), copy), behind);
  EXPECT_EQ(find_gap({}, copy), copied) << "without its witness";
}

TEST(CopiedFile, IsAnotherOneByTheTimeThatItWasMadeWhateverItsNumber) {
  const LedgerFile was{.number = 7, .born_ns = 100};
  const auto witness = witness_of(mark("a", 1, 7));
  EXPECT_TRUE(is_copy(was, {.number = 8, .born_ns = 200}, witness));
  EXPECT_TRUE(is_copy(was, {.number = 7, .born_ns = 200}, witness))
      << "a new file system counts from the beginning";
  EXPECT_FALSE(is_copy(was, {.number = 8, .born_ns = 100}, witness)) << "it is numbered anew";
  EXPECT_FALSE(is_copy(was, {.number = 7, .born_ns = 100, .machine = "b"}, witness));
}

TEST(CopiedFile, IsToldByAnotherNumberOnlyWithASecondSign) {
  const LedgerFile was{.number = 7, .machine = "a"};
  WitnessView witness = witness_of(mark("a", 1, 7));
  witness.written_at = at(100'000);
  LedgerFile is{.number = 8, .machine = "a", .changed_at = at(100'000)};
  EXPECT_FALSE(is_copy(was, is, witness)) << "the file system numbers its files anew";
  is.changed_at = at(100'000) + file_closed_max;
  EXPECT_FALSE(is_copy(was, is, witness)) << "that was the stop";
  is.changed_at = at(100'001) + file_closed_max;
  EXPECT_TRUE(is_copy(was, is, witness)) << "somebody has copied it";
  is.changed_at = std::nullopt;
  EXPECT_TRUE(is_copy(was, is, witness));
  is.changed_at = at(100'000);
  EXPECT_TRUE(is_copy(was, is, {})) << "without its witness";
  EXPECT_TRUE(is_copy(was, is, {.state = WitnessView::State::unreadable}));
  is.machine = "b";
  EXPECT_TRUE(is_copy(was, is, witness)) << "on another machine";
  is.machine = "";
  EXPECT_FALSE(is_copy(was, is, witness));
  EXPECT_FALSE(is_copy(was, {.number = 7, .machine = "b"}, {}))
      << "the very file, on a disk that moved";
}

TEST(FindGap, FindsOneOnceThoughTheProcessDiedBeforeItWroteTheWitness) {
  LedgerView found = ledger_of(mark("b", 2, 1));
  found.known_gap = mark("a", 1, 7);
  EXPECT_EQ(find_gap(witness_of(mark("a", 1, 7)), found), std::nullopt);
  EXPECT_EQ(find_gap(witness_of(mark("c", 1, 7)), found), other);
}

}  // namespace
}  // namespace gatehouse::store
