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

TEST_F(CacheHomeChoiceTest, LeavesAStandInForTheDamagedFileThatAStartWouldServe) {
  make_whole();
  stop();
  damage();
  note(file);
  hide_hash_key();
  std::optional<CacheEnds> ends = open();
  ASSERT_EQ(home->condition(), CacheCondition::stand_in);
  show_hash_key();
  {
    CacheWriter next = require(home->open_next({false}, at(2)));
    EXPECT_EQ(require(next.position()).cursor, "1") << "it is not emptied";
    CacheReader reader = require(home->open_next_reader());
    EXPECT_GT(readable(reader), shoppers / 4);
    EXPECT_FALSE(home->next_is_damaged()) << "that is known";
    home->take_over();
    EXPECT_EQ(home->condition(), CacheCondition::damaged);
    ends.reset();
    require(home->leave(at(3)));
    next = require(home->open_next({true}, at(2)));
    EXPECT_EQ(require(next.position()).cursor, "") << "another one is filled beside it";
  }
  stop();
  CacheEnds again = open();
  EXPECT_GT(readable(again.reader), shoppers / 4);
}

TEST_F(CacheHomeChoiceTest, LeavesAStandInForTheWholeFileBesideTheDamagedOne) {
  make_whole_beside_damage();
  hide_hash_key();
  const CacheEnds ends = open();
  ASSERT_EQ(home->condition(), CacheCondition::stand_in);
  show_hash_key();
  const CacheWriter next = require(home->open_next({false}, at(2)));
  CacheReader reader = require(home->open_next_reader());
  EXPECT_EQ(readable(reader), shoppers);
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

TEST_F(CacheHomeChoiceTest, KeepsAHashKeyThatCannotBeRead) {
  make_whole();
  stop();
  hide_hash_key();
  const CacheEnds ends = open();
  ASSERT_EQ(home->condition(), CacheCondition::stand_in);
  EXPECT_FALSE(home->open_next({true}, at(2)));
  EXPECT_TRUE(std::filesystem::is_directory(hash_key));
  show_hash_key();
  const CacheWriter next = require(home->open_next({true}, at(2)));
  CacheReader reader = require(home->open_next_reader());
  EXPECT_EQ(readable(reader), shoppers);
}

TEST_F(CacheHomeChoiceTest, UsesTheHashKeyThatItHasReadWhateverBecomesOfTheFile) {
  make_whole();
  stop();
  damage();
  std::optional<CacheEnds> ends = open();
  const int left = readable(ends->reader);
  ASSERT_TRUE(home->look_for_damage());
  const std::string key = contents(hash_key);
  std::filesystem::remove(hash_key);
  std::ofstream{hash_key} << "short";
  CacheWriter next = require(home->open_next({true}, at(2)));
  EXPECT_EQ(contents(hash_key), "short");
  fill(next);
  {
    CacheReader reader = require(home->open_next_reader());
    EXPECT_EQ(readable(reader), shoppers);
  }
  EXPECT_EQ(readable(ends->reader), left);
}

TEST_F(CacheHomeChoiceTest, KeepsEveryHashKeyThatItReplaces) {
  make_whole();
  for (int time = 1; time < 4; ++time) {
    stop();
    std::filesystem::remove(hash_key);
    std::ofstream{hash_key} << "short " << time;
    const CacheEnds ends = open();
    require(home->open_next({true}, at(time * 1'000)));
  }
  int kept = 0;
  for (const auto& each : std::filesystem::directory_iterator(folder.path())) {
    if (each.path().filename().string().starts_with("hash.key.damaged-")) ++kept;
  }
  EXPECT_EQ(kept, 3);
}

TEST_F(CacheHomeChoiceTest, ServesTheOneThatWasWholeWhereBothAreDamaged) {
  make_whole();
  stop();
  std::filesystem::rename(file, beside);
  damage_file(beside);
  {
    CacheEnds half = [&] {
      std::filesystem::rename(beside, folder.path() / "away");
      return open();
    }();
    require(half.writer.apply({everybody().data(), 10}, {"1", false, {}}));
  }
  stop();
  std::filesystem::rename(folder.path() / "away", beside);
  note(file);
  note(beside);
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::damaged);
  int found = 0;
  for (int i = 0; i < shoppers; ++i) {
    const auto shopper = ends.reader.find(std::to_string(i), SteadyTime{});
    if (shopper && *shopper) ++found;
  }
  EXPECT_GT(found, shoppers / 4);
}

TEST_F(CacheHomeChoiceTest, HasItsOldNameAgainOnceItIsClosed) {
  make_whole();
  damage();
  {
    CacheEnds ends = open();
    (void)readable(ends.reader);
    ASSERT_TRUE(home->look_for_damage());
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next);
    home->take_over();
    {
      const CacheEnds closed = std::move(ends);
    }
    require(home->leave(at(3)));
  }
  stop();
  EXPECT_TRUE(std::filesystem::exists(file)) << "an older release knows no other name";
  EXPECT_FALSE(std::filesystem::exists(beside));
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

TEST_F(CacheHomeChoiceTest, FillsThePlaceBesideADamagedFileWhereAStandInIsWhole) {
  make_whole();
  stop();
  damage();
  note(file);
  hide_hash_key();
  const CacheEnds ends = open();
  ASSERT_EQ(home->condition(), CacheCondition::stand_in);
  show_hash_key();
  CacheWriter next = require(home->open_next({.feed_answers = true, .is_whole = true}, at(2)));
  EXPECT_EQ(require(next.position()).cursor, "");
  EXPECT_TRUE(std::filesystem::exists(file)) << "a start would serve it";
  fill(next);
  home->take_over();
  EXPECT_EQ(home->condition(), CacheCondition::well);
}

}  // namespace
}  // namespace gatehouse::store
