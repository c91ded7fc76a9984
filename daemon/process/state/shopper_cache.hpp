#pragma once

#include <filesystem>
#include <string>

#include "daemon/process/state/state_folder.hpp"
#include "store/cache/cache.hpp"
#include "store/values/result.hpp"

namespace gatehouse::process {

/// The two ends of the shopper cache.
struct ShopperCache {
  store::CacheWriter writer;
  store::CacheReader reader;
  std::string stand_in_for;  ///< why cache.db is not used, '' if it is
};

/// Where a stand-in lies: in memory under systemd, which names its folder in RUNTIME_DIRECTORY.
[[nodiscard]] std::filesystem::path stand_in_folder();

/// Opens cache.db with `credential` ('' : none) or hash.key. Where the key cannot be read, or the
/// file is newer, locked, or on a disk that is full or read-only, a stand-in is opened instead:
/// empty, in `stand_in`, with a key that no file has, and of at most stand_in_max_bytes and half of
/// what is free there. The feed fills it, so the gate comes back by itself; nothing of the state
/// folder is touched, and the next start tries cache.db again. What an earlier run left in
/// `stand_in` is deleted. `version` must outlive both ends. Fails where the stand-in cannot be
/// opened either.
[[nodiscard]] Result<ShopperCache> open_shopper_cache(const StateFolder& state,
                                                      const std::filesystem::path& credential,
                                                      const std::filesystem::path& stand_in,
                                                      store::CacheVersion& version);

/// Some two million shoppers; MemoryMax= of the unit is 1 GiB. Beyond it the feed waits
/// (`feed_failing`), and the scans of those that are missing are answered as unknown.
inline constexpr std::int64_t stand_in_max_bytes = std::int64_t{384} * 1024 * 1024;

}  // namespace gatehouse::process
