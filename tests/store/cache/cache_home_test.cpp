#include "store/cache/cache_home.hpp"

#include <gmock/gmock.h>

#include "tests/store/cache/cache_home_fixture.hpp"

namespace gatehouse::store {
namespace {

using testing::HasSubstr;

TEST_F(CacheHomeTest, IsTheFileWhereThatIsWell) {
  make_whole();
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::well);
  EXPECT_EQ(readable(ends.reader), shoppers);
  EXPECT_FALSE(home->look_for_damage());
  EXPECT_FALSE(std::filesystem::exists(stand_in));
}

TEST_F(CacheHomeTest, TouchesNothingInAFolderThatIsNotItsOwnAndServesItOnceItIs) {
  make_whole();
  stop();
  bool is_ours = false;
  home.emplace(CachePlaces{file,
                           hash_key,
                           {},
                           [this] { return make_stand_in(); },
                           [&is_ours]() -> Result<> {
                             if (is_ours) return {};
                             return failure(Remedy::repair, "another process has it");
                           }});
  std::optional<CacheEnds> ends = require(home->open(at(1)));
  EXPECT_EQ(home->condition(), CacheCondition::stand_in);
  EXPECT_EQ(home->reason(), "another process has it");
  std::filesystem::resize_file(hash_key, 5);
  EXPECT_FALSE(home->open_next({.feed_answers = true}, at(2)));
  EXPECT_EQ(std::filesystem::file_size(hash_key), 5U) << "not even a key that is none is replaced";
  is_ours = true;
  EXPECT_TRUE(home->open_next({.feed_answers = true}, at(3)));
}

TEST_F(CacheHomeTest, ServesWhatCanBeReadUntilAnotherOneIsWhole) {
  make_whole();
  damage();
  std::optional<CacheEnds> ends = open();
  const int left = readable(ends->reader);
  EXPECT_LT(left, shoppers);
  EXPECT_GT(left, shoppers / 4);
  ASSERT_TRUE(home->look_for_damage());
  EXPECT_EQ(home->condition(), CacheCondition::damaged);
  EXPECT_FALSE(home->look_for_damage()) << "it is noted once";

  CacheWriter next = require(home->open_next({false}, at(2)));
  EXPECT_EQ(require(next.position()).cursor, "");
  fill(next);
  EXPECT_EQ(readable(ends->reader), left);
  CacheReader reader = require(home->open_next_reader());
  home->take_over();
  EXPECT_EQ(home->condition(), CacheCondition::well);
  EXPECT_EQ(readable(ends->reader), left) << "the gate may still read it";
  ends.reset();
  require(home->leave(at(1'700'000'000'000)));
  EXPECT_EQ(readable(reader), shoppers);
  EXPECT_EQ(kept_aside(), 1);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(CacheHomeTest, ServesWhatCanBeReadOfAFileThatIsFoundDamagedAtTheStart) {
  make_whole();
  zero_leaves_of(file, "credential", 0);
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::damaged);
  EXPECT_THAT(home->reason(), HasSubstr("cache.db has a damaged page"));
  const int left = readable(ends.reader);
  EXPECT_LT(left, shoppers);
  EXPECT_GT(left, shoppers / 2);
}

TEST_F(CacheHomeTest, IsEmptyWhereNothingOfTheFileCanBeReadAndKeepsThatFile) {
  make_whole();
  EXPECT_FALSE(home->kept());
  overwrite(file, 0, std::string(page_size, 'x'));
  const std::string damaged = contents(file);
  {
    CacheEnds ends = open();
    EXPECT_EQ(home->condition(), CacheCondition::well);
    EXPECT_THAT(home->why_useless(), HasSubstr("SQLITE_NOTADB"));
    EXPECT_EQ(ends.reader.find("1", SteadyTime{})->has_value(), false);
  }
  const auto kept = home->kept().value();
  EXPECT_EQ(kept.file, file.string() + ".damaged-20231114T221320Z");
  EXPECT_EQ(kept.at, at(1'700'000'000'000));
  EXPECT_EQ(contents(kept.file), damaged);
  CacheEnds again = open();
  EXPECT_EQ(home->why_useless(), "");
  EXPECT_EQ(home->kept().value().file, kept.file) << "a start in between forgets nothing";
}

TEST_F(CacheHomeTest, KeepsNothingOfAnotherHashKey) {
  make_whole();
  stop();
  std::filesystem::remove(hash_key);
  CacheEnds ends = open();
  EXPECT_NE(ends.writer.rebuilt(), "");
  EXPECT_FALSE(home->kept());
}

TEST_F(CacheHomeTest, ServesEverybodyWhereTheNumberOfItsSchemaIsDamaged) {
  for (const char number : {'\x48', '\0'}) {
    make_whole();
    overwrite(file, 63, std::string(1, number));
    CacheEnds ends = open();
    EXPECT_EQ(home->condition(), CacheCondition::damaged) << "another one is filled beside it";
    EXPECT_EQ(readable(ends.reader), shoppers) << int{number};
    std::filesystem::remove(file.string() + ".damaged");
  }
}

TEST_F(CacheHomeTest, HasItsOldNameAgainAfterAStart) {
  make_whole();
  damage();
  {
    CacheEnds ends = open();
    (void)readable(ends.reader);
    ASSERT_TRUE(home->look_for_damage());
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next);
    home->take_over();
    CacheEnds closed = std::move(ends);
  }
  require(home->leave(at(3)));
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::well);
  EXPECT_EQ(readable(ends.reader), shoppers);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(beside));
}

TEST_F(CacheHomeTest, TakesANumberThatNobodyWroteForDamage) {
  make_whole();
  for (const std::string column : {"status", "role"}) {
    const auto set = [&](const std::string& number) {
      auto other = require(sqlite::Database::open(file, sqlite::Access::create));
      require(other.execute("UPDATE credential SET " + column + " = " + number));
    };
    set("3");
    CacheEnds ends = open();
    const auto shopper = ends.reader.find("1", SteadyTime{});
    ASSERT_FALSE(shopper) << column;
    EXPECT_EQ(shopper.error().remedy, Remedy::repair);
    EXPECT_TRUE(home->look_for_damage());
    home.reset();
    {
      const CacheEnds closed = std::move(ends);
    }
    std::filesystem::remove(file.string() + ".damaged");
    set("1");
  }
  CacheEnds ends = open();
  EXPECT_EQ(readable(ends.reader), shoppers);
}

TEST_F(CacheHomeTest, KeepsTheLastDamagedFileAlone) {
  for (int time = 1; time < 4; ++time) {
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
    require(home->leave(at(time * 1'000)));
    EXPECT_EQ(kept_aside(), 1);
  }
}

TEST_F(CacheHomeTest, GoesOnServingAndFillingAfterAStartInBetween) {
  make_whole();
  damage();
  int left = 0;
  {
    CacheEnds ends = open();
    left = readable(ends.reader);
    ASSERT_TRUE(home->look_for_damage());
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next, false);
  }
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::damaged);
  EXPECT_EQ(readable(ends.reader), left);
  CacheWriter next = require(home->open_next({false}, at(2)));
  EXPECT_EQ(require(next.position()).cursor, "1") << "it goes on";
}

TEST_F(CacheHomeTest, ServesTheWholeOneAfterAStartThatCutOffTheChange) {
  make_whole();
  damage();
  {
    CacheEnds ends = open();
    (void)readable(ends.reader);
    ASSERT_TRUE(home->look_for_damage());
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next);
  }
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::well);
  EXPECT_EQ(readable(ends.reader), shoppers);
}

TEST_F(CacheHomeTest, BeginsTheNextOneAnewWhereThatIsDamagedToo) {
  make_whole();
  damage();
  CacheEnds ends = open();
  (void)readable(ends.reader);
  ASSERT_TRUE(home->look_for_damage());
  {
    CacheWriter next = require(home->open_next({false}, at(2)));
    fill(next, false);
  }
  zero_leaves_of(beside, "credential", 5);
  {
    CacheWriter next = require(home->open_next({false}, at(2)));
    EXPECT_FALSE(next.apply(everybody(), {"2", false, at(1)}));
  }
  EXPECT_TRUE(home->next_is_damaged());
  CacheWriter next = require(home->open_next({false}, at(2)));
  EXPECT_EQ(require(next.position()).cursor, "");
  EXPECT_FALSE(home->next_is_damaged());
}

TEST_F(CacheHomeTest, KeepsACacheThatAnotherProgramHolds) {
  make_whole();
  std::optional<sqlite::Database> other =
      require(sqlite::Database::open(file, sqlite::Access::create, milliseconds{0}));
  require(other->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"));
  CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::stand_in);
  EXPECT_THAT(home->reason(), HasSubstr("another program"));
  EXPECT_FALSE(home->open_next({true}, at(2)));
  other.reset();
  CacheWriter next = require(home->open_next({true}, at(2)));
  EXPECT_EQ(next.rebuilt(), "");
  CacheReader reader = require(home->open_next_reader());
  EXPECT_EQ(readable(reader), shoppers);
  home->take_over();
  {
    const CacheEnds closed = std::move(ends);
  }
  require(home->leave(at(2)));
  EXPECT_FALSE(std::filesystem::exists(stand_in)) << "it takes memory";
  EXPECT_EQ(kept_aside(), 0);
}

TEST_F(CacheHomeTest, KeepsACacheThatCanOnlyBeRead) {
  make_whole();
  using std::filesystem::perms;
  std::filesystem::permissions(file, perms::owner_read);
  if (std::ofstream(file, std::ios::app)) GTEST_SKIP() << "root writes everywhere";
  {
    const CacheEnds ends = open();
    EXPECT_EQ(home->condition(), CacheCondition::stand_in);
  }
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write);
  CacheEnds ends = open();
  EXPECT_EQ(readable(ends.reader), shoppers);
}

TEST_F(CacheHomeTest, StandsInForAHashKeyThatCannotBeReadAndMakesANewOneOnceTheFeedAnswers) {
  make_whole();
  std::filesystem::remove(hash_key);
  std::ofstream{hash_key} << "short";
  const CacheEnds ends = open();
  EXPECT_EQ(home->condition(), CacheCondition::stand_in);
  EXPECT_THAT(home->reason(), HasSubstr("has 5 bytes"));
  EXPECT_FALSE(home->open_next({false}, at(2)));
  EXPECT_EQ(contents(hash_key), "short");
  CacheWriter next = require(home->open_next({true}, from_unix_ms(1'746'144'318'000)));
  EXPECT_NE(next.rebuilt(), "");
  EXPECT_EQ(contents(hash_key).size(), 32U);
  EXPECT_EQ(contents(hash_key.string() + ".damaged-20250502T000518Z"), "short");
}

TEST_F(CacheHomeTest, FailsWhereThereIsNoPlaceForAStandInEither) {
  no_stand_in = true;
  std::filesystem::create_directories(file);
  home.emplace(CachePlaces{file, hash_key, {}, [this] { return make_stand_in(); }});
  const auto opened = home->open(at(1));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("nor can a stand-in be opened: no memory"));
}

}  // namespace
}  // namespace gatehouse::store
