// Which file serves, and which one is never emptied for it.
#include <functional>

#include "tests/store/cache/cache_home_fixture.hpp"

namespace gatehouse::store {
namespace {

class CacheHomeChoiceTest : public CacheHomeTest {};

TEST_F(CacheHomeChoiceTest, LosesNobodyWhereItIsCutOffWhileADamagedFileIsSetAside) {
  using std::filesystem::remove;
  using std::filesystem::rename;
  const std::string name = file.string();
  const std::vector<std::function<void()>> steps{
      [&] { rename(file, name + ".damaged-20250502T000518Z"); },
      [&] { rename(name + "-wal", name + ".damaged-20250502T000518Z-wal"); },
      [&] { remove(name + "-shm"); },
      [&] { remove(name + ".damaged"); },
      [&] { rename(beside, file); },
  };
  for (std::size_t cut_at = 0; cut_at <= steps.size(); ++cut_at) {
    SCOPED_TRACE(cut_at);
    make_whole_beside_damage();
    std::ofstream{name + "-wal"} << "of the damaged one";
    std::ofstream{name + "-shm"};
    for (std::size_t step = 0; step < cut_at; ++step) steps[step]();
    {
      CacheEnds ends = open();
      EXPECT_EQ(home->condition(), CacheCondition::well) << home->reason();
      EXPECT_EQ(readable(ends.reader), shoppers);
    }
    {
      CacheEnds ends = open();
      EXPECT_EQ(readable(ends.reader), shoppers) << "at the start after";
    }
    stop();
    for (const auto& each : std::filesystem::directory_iterator(folder.path())) {
      if (each.path() != hash_key) std::filesystem::remove_all(each);
    }
  }
}

TEST_F(CacheHomeChoiceTest, ReadsNoLogThatAnotherFileOfItsNameHasLeft) {
  make_whole();
  {
    CacheEnds ends = open();
    const std::vector<ShopperChange> gone{ShopperRemove{"shopper:1"}};
    require(ends.writer.apply(gone, {"2", true, at(2)}));
    std::filesystem::copy(file.string() + "-wal", folder.path() / "log");
  }
  make_whole();
  stop();
  std::filesystem::rename(file, beside);
  std::filesystem::remove(file.string() + "-wal");
  // A crash has left the log of a file that was then deleted by hand.
  std::filesystem::rename(folder.path() / "log", file.string() + "-wal");
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::well);
  EXPECT_EQ(readable(ends.reader), shoppers);
}

TEST_F(CacheHomeChoiceTest, KeepsADamagedFileThatItMayNotUse) {
  make_whole();
  stop();
  damage();
  note(file);
  std::filesystem::remove(file.string() + "-wal");
  std::filesystem::create_directory(file.string() + "-wal");  // no user can open that
  const std::string before = contents(file);
  const CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::stand_in);
  EXPECT_FALSE(home->open_next({true}, at(2)));
  EXPECT_EQ(contents(file), before);
}

TEST_F(CacheHomeChoiceTest, DeletesNoFileOfAnotherNameThatSomebodyKept) {
  const std::string kept = file.string() + ".damaged-for-support.gz";
  std::ofstream{kept} << "mine";
  std::filesystem::create_directories(file.string() + ".damaged-20240101T000000Z/not empty");
  make_whole();
  damage();
  {
    CacheEnds ends = open();
    (void)readable(ends.reader);
    ASSERT_TRUE(home->look_for_damage());
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next);
    home->take_over();
  }
  require(home->leave(at(3)));
  EXPECT_EQ(contents(kept), "mine");
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace gatehouse::store
