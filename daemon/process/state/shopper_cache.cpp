#include "daemon/process/state/shopper_cache.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

namespace gatehouse::process {
namespace {

Result<ShopperCache> open_both(const std::filesystem::path& file, const store::HashKey& key,
                               store::CacheVersion& version) {
  auto writer = store::CacheWriter::open(file, key, version);
  if (!writer) return propagate(std::move(writer));
  auto reader = store::CacheReader::open(file, key, version);
  if (!reader) return propagate(std::move(reader));
  return ShopperCache{std::move(*writer), std::move(*reader), ""};
}

Result<ShopperCache> open_in_state(const StateFolder& state,
                                   const std::filesystem::path& credential,
                                   store::CacheVersion& version) {
  // Never with another key: the file would count as useless, and be replaced by an empty one.
  auto key = store::HashKey::load(credential, state.hash_key_file());
  if (!key) return propagate(std::move(key), "hash key");
  return open_both(state.cache_file(), *key, version);
}

Result<ShopperCache> open_stand_in(const std::filesystem::path& folder,
                                   store::CacheVersion& version) {
  auto key = store::HashKey::random();
  if (!key) return propagate(std::move(key));
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return failure(Remedy::repair,
                   fmt::format("{} cannot be created: {}", folder.string(), failed.message()));
  }
  std::filesystem::permissions(folder, std::filesystem::perms(0700), failed);
  if (failed) {
    return failure(Remedy::repair, fmt::format("the mode of {} cannot be set: {}", folder.string(),
                                               failed.message()));
  }
  auto opened = open_both(folder / "cache.db", *key, version);
  if (!opened) return opened;
  // Half of what is free: others on this machine need the same memory.
  const auto space = std::filesystem::space(folder, failed);
  const std::int64_t half_free =
      failed ? stand_in_max_bytes : static_cast<std::int64_t>(space.available / 2);
  const auto max_bytes = std::min(stand_in_max_bytes, half_free);
  if (Result<> limited = opened->writer.limit_size(max_bytes); !limited) {
    return propagate(std::move(limited));
  }
  return opened;
}

}  // namespace

std::filesystem::path stand_in_folder() {
  if (const char* runtime = std::getenv("RUNTIME_DIRECTORY")) {
    const std::string_view folders(runtime);  // several, if a drop-in names more
    return std::filesystem::path(folders.substr(0, folders.find(':'))) / "stand-in";
  }
  return std::filesystem::temp_directory_path() / fmt::format("gatehouse-{}", ::getpid());
}

Result<ShopperCache> open_shopper_cache(const StateFolder& state,
                                        const std::filesystem::path& credential,
                                        const std::filesystem::path& stand_in,
                                        store::CacheVersion& version) {
  std::error_code kept;  // it takes memory, and no more
  std::filesystem::remove_all(stand_in, kept);
  auto opened = open_in_state(state, credential, version);
  if (opened) return opened;
  auto instead = open_stand_in(stand_in, version);
  if (!instead) {
    return failure(Remedy::repair, fmt::format("{}; nor can a stand-in be opened: {}",
                                               opened.error().message, instead.error().message));
  }
  instead->stand_in_for = std::move(opened.error().message);
  return instead;
}

}  // namespace gatehouse::process
