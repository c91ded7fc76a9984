#pragma once

#include <cstdint>
#include <vector>

namespace gatehouse::store {

/// One ctest entry each, so that they run beside each other.
inline constexpr std::uint64_t shards = 4;

/// Those that a run lives through: --seeds N, or --seed S alone.
[[nodiscard]] std::vector<std::uint64_t> seeds_of_shard(std::uint64_t shard);

}  // namespace gatehouse::store
