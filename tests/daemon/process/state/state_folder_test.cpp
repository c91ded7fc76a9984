#include "daemon/process/state/state_folder.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

using testing::HasSubstr;

TEST(StateFolder, IsMadeWhereItIsMissingAndIsNotForEverybody) {
  const child::TemporaryFolder folder;
  const auto state = StateFolder::take(folder.path() / "a" / "state");
  ASSERT_TRUE(state) << state.error().message;
  const auto mode = std::filesystem::status(folder.path() / "a" / "state").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
  EXPECT_EQ(state->ledger_file(), folder.path() / "a" / "state" / "ledger.db");
}

TEST(StateFolder, RefusesASecondOwnerAndSaysWhatIsProbablyTheMatter) {
  const child::TemporaryFolder folder;
  const auto first = StateFolder::take(folder.path());
  ASSERT_TRUE(first);
  const auto second = StateFolder::take(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().remedy, Remedy::repair);
  EXPECT_THAT(second.error().message, HasSubstr("another gatehoused"));
}

TEST(StateFolder, IsFreeAgainWhenItsOwnerIsGone) {
  const child::TemporaryFolder folder;
  {
    const auto first = StateFolder::take(folder.path());
  }
  EXPECT_TRUE(StateFolder::take(folder.path()));
}

TEST(StateFolder, SaysSoWhenAFileIsInItsPlace) {
  const child::TemporaryFolder folder;
  std::ofstream(folder.path() / "state") << "not a folder";
  const auto state = StateFolder::take(folder.path() / "state");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().remedy, Remedy::repair);
  EXPECT_THAT(state.error().message, HasSubstr("store.state_dir"));
}

}  // namespace
}  // namespace gatehouse::process
