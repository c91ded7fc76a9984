#include "daemon/process/state/private_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "daemon/process/state/state_folder.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

void make(const std::filesystem::path& file, unsigned mode) {
  std::ofstream{file} << "x";
  std::filesystem::permissions(file, std::filesystem::perms(mode));
}

/// Everybody may do everything, as far as the process does not say otherwise.
class PrivateFiles : public testing::Test {
 protected:
  PrivateFiles() : before_(::umask(0)) {}
  ~PrivateFiles() override { ::umask(before_); }

  child::TemporaryFolder folder_;
  mode_t before_;
};

TEST_F(PrivateFiles, AreWhatThisProcessMakesWhateverUmaskItCameWith) {
  make_files_privately();
  std::ofstream{folder_.path() / "ledger.db"} << "x";
  EXPECT_EQ(mode_of(folder_.path() / "ledger.db"), 0600U);
}

TEST_F(PrivateFiles, OfAnEarlierVersionAreCorrected) {
  const auto state = folder_.path() / "state";
  std::filesystem::create_directories(state / "below");
  std::filesystem::permissions(state, std::filesystem::perms(0777));
  make(state / "ledger.db", 0644);
  make(state / "ledger.db-wal", 0660);
  make(state / "ledger.witness", 0640);
  make(state / "hash.key", 0444);
  make(state / "lock", 0600);
  EXPECT_EQ(make_private(state), "");
  EXPECT_EQ(mode_of(state), 0755U);
  EXPECT_EQ(mode_of(state / "ledger.db"), 0600U);
  EXPECT_EQ(mode_of(state / "ledger.db-wal"), 0600U);
  EXPECT_EQ(mode_of(state / "ledger.witness"), 0600U);
  EXPECT_EQ(mode_of(state / "hash.key"), 0400U);
  EXPECT_EQ(mode_of(state / "lock"), 0600U);
  EXPECT_EQ(mode_of(state / "below"), 0777U) << "it is none of ours";
}

TEST_F(PrivateFiles, AreOnlyThoseOfTheDaemonInAFolderThatItShares) {
  const auto state = folder_.path() / "shared";
  std::filesystem::create_directories(state);
  std::filesystem::permissions(state, std::filesystem::perms(01777));
  make(state / "report.txt", 0644);
  make(state / "cache.db.damaged-20250502T000000Z", 0644);
  EXPECT_EQ(make_private(state), "");
  EXPECT_EQ(mode_of(state), 01777U);
  EXPECT_EQ(mode_of(state / "report.txt"), 0644U);
  EXPECT_EQ(mode_of(state / "cache.db.damaged-20250502T000000Z"), 0600U);
}

TEST_F(PrivateFiles, MayBeALinkToAnotherDisk) {
  const auto state = folder_.path() / "state";
  std::filesystem::create_directories(state);
  make(folder_.path() / "elsewhere.db", 0644);
  std::filesystem::create_symlink(folder_.path() / "elsewhere.db", state / "ledger.db");
  std::filesystem::create_symlink(folder_.path() / "nowhere", state / "cache.db");
  EXPECT_EQ(make_private(state), "");
  EXPECT_EQ(mode_of(folder_.path() / "elsewhere.db"), 0600U);
}

TEST_F(PrivateFiles, IsTheLockOfTheStateFolderToo) {
  StateFolder state(folder_.path() / "state");
  ASSERT_TRUE(state.hold());
  EXPECT_EQ(mode_of(folder_.path() / "state"), 0750U);
  EXPECT_EQ(mode_of(folder_.path() / "state" / "lock"), 0600U);
}

}  // namespace
}  // namespace gatehouse::process
