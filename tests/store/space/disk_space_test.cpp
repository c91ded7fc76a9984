#include "store/space/disk_space.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t mebibyte = 1024 * 1024;

std::int64_t blocks_of(const std::filesystem::path& file) {
  struct stat found{};
  return ::stat(file.c_str(), &found) == 0 ? found.st_blocks * 512 : 0;
}

/// A real folder on a disk that says to be as full as a test wants.
class DiskSpaceTest : public testing::Test {
 protected:
  DiskSpace space_of(std::int64_t reserve_bytes) {
    return DiskSpace({.folder = folder_.path(),
                      .reserve_bytes = reserve_bytes,
                      .since_boot = [this] { return since_boot_; },
                      .measure = [this](const auto&) { return measured_; }});
  }
  void look(DiskSpace& space, milliseconds later = DiskSpace::look_interval) {
    now_ += later;
    space.look(now_);
  }
  void look_until_it_rests(DiskSpace& space) {
    look(space);
    for (int i = 0; i < 100; ++i) space.look(now_);
  }

  child::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "reserve";
  std::optional<FreeSpace> measured_ = FreeSpace{1'000 * mebibyte, 2'000 * mebibyte};
  milliseconds since_boot_{0};
  SteadyTime now_{std::chrono::hours{1}};
};

TEST_F(DiskSpaceTest, IsReservedInBlocksThatNobodyElseCanTake) {
  DiskSpace space = space_of(20 * mebibyte);
  look(space);
  EXPECT_EQ(space.facts().reserve_bytes, DiskSpace::piece_bytes) << "no cart waits for all of it";
  look_until_it_rests(space);
  EXPECT_EQ(std::filesystem::file_size(file_), 20 * mebibyte);
  EXPECT_GE(blocks_of(file_), 20 * mebibyte);
  EXPECT_EQ(space.facts().reserve_bytes, 20 * mebibyte);
  EXPECT_EQ(space.facts().reserve_trouble, "");
}

TEST_F(DiskSpaceTest, IsNotReservedWhereTwiceAsMuchIsNotFree) {
  measured_->free_bytes = 39 * mebibyte;
  DiskSpace space = space_of(20 * mebibyte);
  look(space);
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_NE(space.facts().reserve_trouble.find("39 MiB are free"), std::string::npos);
  EXPECT_FALSE(space.facts().reserve_given_up);
  measured_->free_bytes = 40 * mebibyte;
  look(space);
  EXPECT_FALSE(std::filesystem::exists(file_)) << "it is not tried all the time";
  look(space, DiskSpace::reserve_pause);
  EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(DiskSpaceTest, IsTakenBackOnlyOnceThereIsPlenty) {
  DiskSpace space = space_of(4 * mebibyte);
  look(space);
  ASSERT_TRUE(space.holds_reserve());
  measured_->free_bytes = 0;
  EXPECT_TRUE(space.give_up(now_));
  EXPECT_EQ(blocks_of(file_), 0);
  EXPECT_TRUE(space.facts().reserve_given_up);
  EXPECT_FALSE(space.give_up(now_)) << "there is nothing more";
  for (const std::int64_t free : {4, 7}) {
    measured_->free_bytes = free * mebibyte;
    look(space, DiskSpace::reserve_pause);
    EXPECT_FALSE(space.holds_reserve()) << free;
  }
  measured_->free_bytes = 100 * mebibyte;
  look(space, DiskSpace::reserve_pause);
  EXPECT_TRUE(space.holds_reserve());
  EXPECT_FALSE(space.facts().reserve_given_up);
}

TEST_F(DiskSpaceTest, IsTakenBackMoreSlowlyEachTimeThatItWasGivenUp) {
  DiskSpace space = space_of(4 * mebibyte);
  look(space);
  for (auto pause = DiskSpace::reserve_pause; pause <= DiskSpace::reserve_pause_max; pause *= 2) {
    ASSERT_TRUE(space.give_up(now_)) << pause.count();
    look(space, pause - 1s);
    EXPECT_FALSE(space.holds_reserve()) << pause.count();
    look(space, DiskSpace::look_interval);
    EXPECT_TRUE(space.holds_reserve()) << pause.count();
  }
}

TEST_F(DiskSpaceTest, IsNotCountedOnWhereItCannotBeGivenUp) {
  DiskSpace space = space_of(4 * mebibyte);
  look(space);
  std::filesystem::remove(file_);
  std::filesystem::create_directories(file_ / "in the way");
  EXPECT_TRUE(space.give_up(now_)) << "its batch is done once more, without what lacks the space";
  EXPECT_FALSE(space.holds_reserve());
  EXPECT_FALSE(space.give_up(now_));
  EXPECT_FALSE(space.facts().reserve_given_up);
}

TEST_F(DiskSpaceTest, KeepsWhatAnEarlierRunReserved) {
  {
    DiskSpace space = space_of(4 * mebibyte);
    look(space);
  }
  measured_->free_bytes = 0;
  DiskSpace space = space_of(4 * mebibyte);
  EXPECT_TRUE(space.holds_reserve());
  EXPECT_TRUE(space.give_up(now_));
}

TEST_F(DiskSpaceTest, TakesAFileOfHolesForNoReserve) {
  std::ofstream{file_} << "";
  std::filesystem::resize_file(file_, 4 * mebibyte);
  DiskSpace space = space_of(4 * mebibyte);
  EXPECT_FALSE(space.holds_reserve());
  look(space);
  EXPECT_GE(blocks_of(file_), 4 * mebibyte);
}

TEST_F(DiskSpaceTest, IsGivenBackWhereLessIsWanted) {
  {
    DiskSpace space = space_of(8 * mebibyte);
    look(space);
  }
  {
    DiskSpace less = space_of(2 * mebibyte);
    look(less);
    EXPECT_EQ(std::filesystem::file_size(file_), 2 * mebibyte);
  }
  DiskSpace none = space_of(0);
  look(none);
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_EQ(none.facts().reserve_trouble, "");
}

TEST_F(DiskSpaceTest, OfAReserveIsForItsOwnerAlone) {
  const mode_t before = ::umask(0);
  DiskSpace space = space_of(mebibyte);
  look(space);
  ::umask(before);
  struct stat found{};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
}

TEST_F(DiskSpaceTest, GrowsByWhatIsWrittenAndNotByItsReserve) {
  DiskSpace space = space_of(8 * mebibyte);
  const std::int64_t free = measured_->free_bytes;
  for (int i = 0; i <= 25 * 4; ++i) {
    measured_->free_bytes = free - space.facts().reserve_bytes;
    look(space, 15min);
    since_boot_ += 15min;
  }
  ASSERT_TRUE(space.holds_reserve());
  EXPECT_EQ(space.facts().growth_bytes_a_day, 0);
}

TEST_F(DiskSpaceTest, IsUnknownWhereTheFileSystemDoesNotAnswer) {
  DiskSpace space = space_of(mebibyte);
  look(space);
  measured_.reset();
  look(space);
  EXPECT_FALSE(space.facts().measured);
  EXPECT_FALSE(measure_space("/nowhere"));
  EXPECT_GT(measure_space(folder_.path()).value().total_bytes, 0);
}

}  // namespace
}  // namespace gatehouse
