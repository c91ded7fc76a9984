// money_model_test [--seeds N | --seed S] [gtest's own options]
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/model/seeds.hpp"

namespace gatehouse::sync::model {

Seeds& seeds() {
  static Seeds seeds;
  return seeds;
}

std::vector<std::uint64_t> seeds_of_shard(std::uint64_t shard) {
  const auto& [count, only] = seeds();
  if (only != 0) return shard == 0 ? std::vector{only} : std::vector<std::uint64_t>{};
  std::vector<std::uint64_t> mine;
  for (std::uint64_t seed = 1 + shard; seed <= count; seed += shards) mine.push_back(seed);
  return mine;
}

}  // namespace gatehouse::sync::model

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  auto& seeds = gatehouse::sync::model::seeds();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const auto number = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
    if ((option != "--seeds" && option != "--seed") || number == 0) {
      std::cerr << "usage: money_model_test [--seeds N | --seed S]\n";
      return 2;
    }
    (option == "--seeds" ? seeds.count : seeds.only) = number;
  }
  // SQLite takes and gives back a page cache with many a query: without this, most of a run is
  // spent on giving memory back to the system.
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  ::mallopt(M_TOP_PAD, 64 << 20);
  return RUN_ALL_TESTS();
}
