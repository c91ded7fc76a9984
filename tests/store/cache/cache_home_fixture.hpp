#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "store/cache/cache_home.hpp"
#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {

inline constexpr int shoppers = 5'000;

inline std::vector<ShopperChange> everybody() {
  std::vector<ShopperChange> all;
  for (int i = 0; i < shoppers; ++i) {
    const std::string name = std::to_string(i);
    all.emplace_back(ShopperPut{
        .document_id = "shopper:" + name, .shopper_id = name, .keys = {name}, .loyalty = ""});
  }
  return all;
}

class CacheHomeTest : public testing::Test {
 protected:
  /// A start of the daemon.
  CacheEnds open() {
    stop();
    home.emplace(CachePlaces{file, hash_key, {}, [this] { return make_stand_in(); }});
    return require(home->open(at(1'700'000'000'000)));
  }
  /// All ends must be closed.
  void stop() { home.reset(); }
  static void note(const std::filesystem::path& cache) {
    std::ofstream{cache.string() + ".damaged"};
  }
  /// One that is whole beside one that is noted as damaged, both closed.
  void make_whole_beside_damage() {
    make_whole();
    stop();
    std::filesystem::copy(file, beside);
    damage();
    note(file);
  }
  /// So that a stand-in serves.
  void hide_hash_key() const {
    std::filesystem::rename(hash_key, folder.path() / "hidden");
    std::filesystem::create_directory(hash_key);
  }
  void show_hash_key() const {
    std::filesystem::remove(hash_key);
    std::filesystem::rename(folder.path() / "hidden", hash_key);
  }
  static void fill(CacheWriter& writer, bool complete = true) {
    require(writer.apply(everybody(), {"1", complete, at(1)}));
  }
  void make_whole() {
    CacheEnds ends = open();
    fill(ends.writer);
  }
  /// Zeroes a third of the credentials in the file.
  void damage() const { damage_file(file); }
  static void damage_file(const std::filesystem::path& damaged) {
    for (const int leaf : {3, 8, 13, 18, 23}) zero_leaves_of(damaged, "credential", leaf);
  }
  /// How many of all are found; whoever is not is an error.
  static int readable(CacheReader& reader) {
    int found = 0;
    for (int i = 0; i < shoppers; ++i) {
      const auto shopper = reader.find(std::to_string(i), SteadyTime{});
      if (!shopper) continue;
      EXPECT_TRUE(*shopper) << i;
      ++found;
    }
    return found;
  }
  [[nodiscard]] int kept_aside() const {
    int kept = 0;
    for (const auto& each : std::filesystem::directory_iterator(folder.path())) {
      if (each.path().filename().string().starts_with("cache.db.damaged-")) ++kept;
    }
    return kept;
  }
  Result<std::filesystem::path> make_stand_in() {
    if (no_stand_in) return failure(Remedy::repair, "no memory");
    std::filesystem::create_directory(stand_in);
    return stand_in;
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "cache.db";
  std::filesystem::path beside = folder.path() / "cache.db.new";
  std::filesystem::path hash_key = folder.path() / "hash.key";
  std::filesystem::path stand_in = folder.path() / "stand-in";
  bool no_stand_in = false;
  std::optional<CacheHome> home;
};

}  // namespace gatehouse::store
