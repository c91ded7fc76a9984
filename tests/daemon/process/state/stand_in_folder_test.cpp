#include "daemon/process/state/stand_in_folder.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

using std::filesystem::perms;

TEST(StandInFolder, IsEmptyAndThisUsersAloneInTheRuntimeDirectory) {
  const child::TemporaryFolder runtime;
  std::filesystem::create_directory(runtime.path() / "stand-in");
  std::ofstream{runtime.path() / "stand-in" / "cache.db"} << "of a run before";
  const auto made = make_stand_in_folder(runtime.path().string() + ":/run/another");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(*made, runtime.path() / "stand-in");
  EXPECT_TRUE(std::filesystem::is_empty(*made));
  EXPECT_EQ(std::filesystem::status(*made).permissions(), perms::owner_all);
}

TEST(StandInFolder, HasANameThatNobodyGuessesWhereSystemdNamesNone) {
  const auto one = make_stand_in_folder("");
  const auto other = make_stand_in_folder("");
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_NE(*one, *other);
  EXPECT_EQ(std::filesystem::status(*one).permissions(), perms::owner_all);
  std::filesystem::remove(*one);
  std::filesystem::remove(*other);
}

TEST(StandInFolder, IsNoFolderThatSomebodyElseMade) {
  const child::TemporaryFolder runtime;
  // What cannot be deleted is as good as one of another user: here it is no folder of ours at all.
  const auto made = make_stand_in_folder((runtime.path() / "missing").string());
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, testing::HasSubstr("cannot be made"));
}

TEST(StandInFolder, LeavesNothingOfARunBeforeInMemory) {
  const child::TemporaryFolder runtime;
  ASSERT_TRUE(make_stand_in_folder(runtime.path().string()));
  delete_old_stand_in(runtime.path().string());
  EXPECT_TRUE(std::filesystem::is_empty(runtime.path()));
}

}  // namespace
}  // namespace gatehouse::process
