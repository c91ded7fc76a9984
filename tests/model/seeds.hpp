#pragma once

#include <cstdint>
#include <vector>

namespace gatehouse::sync::model {

/// One ctest entry each, so that they run beside each other.
inline constexpr std::uint64_t shards = 4;
#ifdef GATEHOUSE_SANITIZED
inline constexpr std::uint64_t seeds_by_default = 1'000;
#else
inline constexpr std::uint64_t seeds_by_default = 10'000;
#endif

/// Which seeds a run lives through: --seeds N, or --seed S alone.
struct Seeds {
  std::uint64_t count = seeds_by_default;
  std::uint64_t only = 0;  ///< 0: all
};
[[nodiscard]] Seeds& seeds();
[[nodiscard]] std::vector<std::uint64_t> seeds_of_shard(std::uint64_t shard);

}  // namespace gatehouse::sync::model
