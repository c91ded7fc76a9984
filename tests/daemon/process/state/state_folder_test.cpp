#include "daemon/process/state/state_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

using testing::HasSubstr;

TEST(StateFolder, IsMadeWhereItIsMissingAndIsNotForEverybody) {
  const child::TemporaryFolder folder;
  StateFolder state(folder.path() / "a" / "state");
  const auto held = state.hold();
  ASSERT_TRUE(held) << held.error().message;
  const auto mode = std::filesystem::status(folder.path() / "a" / "state").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
  EXPECT_EQ(state.ledger_file(), folder.path() / "a" / "state" / "ledger.db");
}

TEST(StateFolder, IsNotTouchedBeforeItIsHeld) {
  const child::TemporaryFolder folder;
  const StateFolder state(folder.path() / "state");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "state"));
}

TEST(StateFolder, RefusesASecondOwnerAndSaysWhatIsProbablyTheMatter) {
  const child::TemporaryFolder folder;
  StateFolder first(folder.path());
  ASSERT_TRUE(first.hold());
  StateFolder second(folder.path());
  const auto held = second.hold();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().remedy, Remedy::repair);
  EXPECT_THAT(held.error().message, HasSubstr("another gatehoused"));
  EXPECT_TRUE(first.hold());
}

TEST(StateFolder, IsFreeAgainWhenItsOwnerIsGone) {
  const child::TemporaryFolder folder;
  StateFolder second(folder.path());
  {
    StateFolder first(folder.path());
    ASSERT_TRUE(first.hold());
    EXPECT_FALSE(second.hold());
  }
  EXPECT_TRUE(second.hold());
}

/// Locks the file as a program would that is not ours.
class Stranger {
 public:
  explicit Stranger(const std::filesystem::path& lock_file)
      : lock_(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    EXPECT_EQ(::flock(lock_, LOCK_EX | LOCK_NB), 0);
  }
  ~Stranger() { ::close(lock_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

 private:
  int lock_;
};

TEST(StateFolder, WaitsForWhoeverHasItsLock) {
  const child::TemporaryFolder folder;
  StateFolder state(folder.path());
  {
    const Stranger stranger(folder.path() / "lock");
    EXPECT_FALSE(state.hold());
  }
  EXPECT_TRUE(state.hold());
}

TEST(StateFolder, LocksNothingWhileItOnlyWaits) {
  const child::TemporaryFolder folder;
  StateFolder waits(folder.path());
  StateFolder other(folder.path());
  {
    const Stranger stranger(folder.path() / "lock");
    EXPECT_FALSE(waits.hold());
  }
  EXPECT_TRUE(other.hold());
}

TEST(StateFolder, IsNotMadeAnewInPlaceOfADiskThatIsNotMounted) {
  const child::TemporaryFolder folder;
  const auto place = std::filesystem::canonical(folder.path()) / "disk";
  const auto fstab = folder.path() / "fstab";
  std::filesystem::create_directory(place);
  std::ofstream(fstab) << "UUID=1 " << place.string() << " ext4 nofail 0 2\n";
  StateFolder state(place, fstab);
  EXPECT_THAT(state.hold().error().message, HasSubstr("is not mounted"));
  EXPECT_TRUE(std::filesystem::is_empty(place));
  StateFolder below(place / "state", fstab);
  EXPECT_FALSE(below.hold());
  EXPECT_TRUE(std::filesystem::is_empty(place));
  std::ofstream(place / "ledger.db") << "a box that has lived without the disk";
  EXPECT_TRUE(state.hold());
}

TEST(StateFolder, SaysSoWhenAFileIsInItsPlaceAndIsHeldOnceItIsGone) {
  const child::TemporaryFolder folder;
  std::ofstream(folder.path() / "state") << "not a folder";
  StateFolder state(folder.path() / "state");
  const auto held = state.hold();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().remedy, Remedy::repair);
  EXPECT_THAT(held.error().message, HasSubstr("store.state_dir"));
  std::filesystem::remove(folder.path() / "state");
  EXPECT_TRUE(state.hold());
}

TEST(StateFolder, IsNoMoreHeldWhileAnotherFolderStandsInItsPlace) {
  const child::TemporaryFolder folder;
  const auto path = folder.path() / "state";
  const auto away = folder.path() / "away";
  StateFolder state(path);
  ASSERT_TRUE(state.hold());
  std::filesystem::rename(path, away);
  EXPECT_THAT(state.hold().error().message, HasSubstr("was moved away or replaced"));
  std::filesystem::create_directory(path);
  EXPECT_THAT(state.hold().error().message, HasSubstr("was moved away or replaced"));
  EXPECT_TRUE(std::filesystem::is_empty(path)) << "it is not ours";
  std::filesystem::remove(path);
  std::filesystem::rename(away, path);
  EXPECT_TRUE(state.hold());
}

TEST(StateFolder, IsLockedAnewWhereSomebodyDeletesTheLock) {
  const child::TemporaryFolder folder;
  StateFolder state(folder.path());
  ASSERT_TRUE(state.hold());
  std::filesystem::remove(folder.path() / "lock");
  EXPECT_TRUE(state.hold());
  StateFolder second(folder.path());
  EXPECT_FALSE(second.hold());
  std::filesystem::remove(folder.path() / "lock");
  EXPECT_FALSE(second.hold()) << "nobody had looked yet";
  EXPECT_TRUE(state.hold());
}

}  // namespace
}  // namespace gatehouse::process
