#include "daemon/process/state/expected_disk.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

class ExpectedDisk : public testing::Test {
 protected:
  ExpectedDisk() { std::filesystem::create_directories(place_); }
  [[nodiscard]] std::string missing(const std::filesystem::path& folder, const std::string& lines) {
    const auto fstab = folder_.path() / "fstab";
    std::ofstream(fstab) << lines;
    return missing_disk(folder, fstab);
  }
  child::TemporaryFolder folder_;
  std::filesystem::path place_ = std::filesystem::canonical(folder_.path()) / "disk";
  std::string line_ = "UUID=1 " + place_.string() + " ext4 nofail 0 2\n";
};

TEST_F(ExpectedDisk, IsMissingWhereItsMountPointIsAnOrdinaryFolderOrNone) {
  EXPECT_EQ(missing(place_, line_), place_);
  EXPECT_EQ(missing(place_ / "a" / "state", line_), place_);
  std::filesystem::remove(place_);
  EXPECT_EQ(missing(place_, line_), place_);
}

TEST_F(ExpectedDisk, IsThereWhereSomethingIsMounted) {
  EXPECT_EQ(missing("/proc/gatehouse", "proc /proc proc defaults 0 0\n"), "");
}

TEST_F(ExpectedDisk, IsOfNoConcernBesideTheFolder) {
  EXPECT_EQ(missing(folder_.path(), line_), "") << "it is below";
  EXPECT_EQ(missing(place_.string() + "-2", line_), "") << "only the name begins the same";
  EXPECT_EQ(missing(place_, "UUID=1 / ext4 defaults 0 1\n"), "");
  EXPECT_EQ(missing(place_, "/a " + place_.string() + " none bind 0 0\n"), "");
}

TEST_F(ExpectedDisk, IsFoundBehindLinesThatAreNone) {
  EXPECT_EQ(missing(place_, "# a comment\n\nUUID=2 none swap sw 0 0\nwhat\n" + line_), place_);
  EXPECT_EQ(missing_disk(place_, folder_.path() / "no table"), "");
}

}  // namespace
}  // namespace gatehouse::process
