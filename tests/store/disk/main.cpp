// store_fault_test [--seeds N | --seed S] [gtest's own options]
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/store/disk/fault_vfs.hpp"
#include "tests/store/disk/seeds.hpp"

namespace gatehouse::store {
namespace {

#ifdef GATEHOUSE_SANITIZED
std::uint64_t seeds = 100;
#else
std::uint64_t seeds = 1'000;
#endif
std::uint64_t only = 0;  // 0: all

bool take_options(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const auto number = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
    if ((option != "--seeds" && option != "--seed") || number == 0) return false;
    (option == "--seeds" ? seeds : only) = number;
  }
  return true;
}

}  // namespace

std::vector<std::uint64_t> seeds_of_shard(std::uint64_t shard) {
  if (only != 0) return shard == 0 ? std::vector{only} : std::vector<std::uint64_t>{};
  std::vector<std::uint64_t> mine;
  for (std::uint64_t seed = 1 + shard; seed <= seeds; seed += shards) mine.push_back(seed);
  return mine;
}

}  // namespace gatehouse::store

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!gatehouse::store::take_options(argc, argv)) {
    std::cerr << "usage: store_fault_test [--seeds N | --seed S]\n";
    return 2;
  }
  // SQLite takes and gives back a page cache with many a query: without this, much of a run is
  // spent on giving memory back to the system.
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  ::mallopt(M_TOP_PAD, 64 << 20);
  gatehouse::store::install_fault_vfs();
  return RUN_ALL_TESTS();
}
