#include "daemon/process/state/shopper_cache.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

using testing::HasSubstr;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ShopperCacheTest : public testing::Test {
 protected:
  ShopperCacheTest() : state_(*StateFolder::take(folder_.path() / "state")) {}

  ShopperCache open() {
    auto opened = open_shopper_cache(state_, {}, stand_in_, version_);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }
  static void put_shopper(ShopperCache& cache) {
    const store::ShopperChange put = store::ShopperPut{
        .document_id = "s1", .shopper_id = "shopper-1", .keys = {"key-1"}, .loyalty = ""};
    ASSERT_TRUE(cache.writer.apply(std::span(&put, 1), {"7-a", true, from_unix_ms(1)}));
  }
  static bool knows_shopper(ShopperCache& cache) {
    const auto found = cache.reader.find("key-1", std::chrono::steady_clock::now());
    return found && found->has_value();
  }

  child::TemporaryFolder folder_;
  StateFolder state_;
  std::filesystem::path stand_in_ = folder_.path() / "runtime" / "stand-in";
  store::CacheVersion version_{0};
};

TEST_F(ShopperCacheTest, IsTheOneOnDisk) {
  {
    ShopperCache cache = open();
    EXPECT_EQ(cache.stand_in_for, "");
    put_shopper(cache);
  }
  ShopperCache cache = open();
  EXPECT_TRUE(knows_shopper(cache));
  EXPECT_FALSE(std::filesystem::exists(stand_in_));
}

TEST_F(ShopperCacheTest, StandsInForAHashKeyThatCannotBeRead) {
  {
    ShopperCache cache = open();
    put_shopper(cache);
  }
  const std::string key = bytes_of(state_.hash_key_file());
  std::filesystem::remove(state_.hash_key_file());
  std::ofstream{state_.hash_key_file()} << "short";
  {
    ShopperCache cache = open();
    EXPECT_THAT(cache.stand_in_for, HasSubstr("has 5 bytes"));
    EXPECT_FALSE(knows_shopper(cache));
    put_shopper(cache);
    EXPECT_TRUE(knows_shopper(cache));
  }
  EXPECT_EQ(bytes_of(state_.hash_key_file()), "short");
  std::filesystem::remove(state_.hash_key_file());
  std::ofstream{state_.hash_key_file()} << key;
  ShopperCache cache = open();
  EXPECT_EQ(cache.stand_in_for, "");
  EXPECT_EQ(cache.writer.rebuilt(), "");
  EXPECT_TRUE(knows_shopper(cache));
  EXPECT_FALSE(std::filesystem::exists(stand_in_)) << "it takes memory";
}

TEST_F(ShopperCacheTest, StandsInForAFileThatCannotBeOpened) {
  std::filesystem::create_directories(state_.cache_file());
  ShopperCache cache = open();
  EXPECT_NE(cache.stand_in_for, "");
  put_shopper(cache);
  EXPECT_TRUE(knows_shopper(cache));
}

TEST_F(ShopperCacheTest, FailsWhereThereIsNoPlaceForAStandInEither) {
  std::filesystem::create_directories(state_.cache_file());
  std::filesystem::create_directories(stand_in_.parent_path());
  std::ofstream{stand_in_.parent_path() / "file"} << "no folder";
  const auto opened =
      open_shopper_cache(state_, {}, stand_in_.parent_path() / "file" / "stand-in", version_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("nor can a stand-in be opened"));
}

}  // namespace
}  // namespace gatehouse::process
