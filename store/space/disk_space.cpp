#include "store/space/disk_space.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

#include "store/values/disk_time.hpp"

namespace gatehouse {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1024} * 1024;
constexpr std::int64_t low_water_min = 16 * mebibyte;
constexpr std::int64_t low_water_max = 64 * mebibyte;

}  // namespace

std::optional<FreeSpace> measure_space(const std::filesystem::path& folder) {
  const DiskCall disk;
  struct statvfs found{};
  if (::statvfs(folder.c_str(), &found) != 0) return std::nullopt;
  const auto block = static_cast<std::int64_t>(found.f_frsize);
  return FreeSpace{static_cast<std::int64_t>(found.f_bavail) * block,
                   static_cast<std::int64_t>(found.f_blocks) * block};
}

std::int64_t low_water_bytes(std::int64_t reserve_bytes) {
  return std::clamp(reserve_bytes, low_water_min, low_water_max);
}

bool is_low(std::int64_t free_bytes, std::int64_t low_water, bool was_low) {
  return free_bytes < (was_low ? low_water + low_water / 2 : low_water);
}

bool may_reserve(std::int64_t free_bytes, std::int64_t held_bytes, std::int64_t wanted_bytes) {
  return (free_bytes + held_bytes) / 2 >= wanted_bytes;
}

DiskSpace::DiskSpace(SpaceOptions options)
    : options_(std::move(options)), reserve_(options_.folder / "reserve") {
  held_bytes_ = reserve_.held_bytes();
  facts_.reserve_bytes = held_bytes_;
  facts_.reserve_wanted_bytes = options_.reserve_bytes;
}

void DiskSpace::look(SteadyTime now) {
  if (now < look_again_at_) return;
  look_again_at_ = now + look_interval;
  const auto measured = options_.measure(options_.folder);
  if (measured) {
    is_low_ =
        gatehouse::is_low(measured->free_bytes, low_water_bytes(options_.reserve_bytes), is_low_);
    // What the reserve keeps is not used up.
    const std::int64_t used = measured->total_bytes - measured->free_bytes - held_bytes_;
    growth_.note(options_.since_boot(), used);
    tend_reserve(measured->free_bytes, now);
  }
  const MutexLock lock(facts_mutex_);
  facts_.measured = measured;
  facts_.is_low = is_low_;
  facts_.growth_bytes_a_day = growth_.bytes_a_day();
}

void DiskSpace::tend_reserve(std::int64_t free_bytes, SteadyTime now) {
  {
    const MutexLock lock(facts_mutex_);
    if (now < reserve_again_at_) return;
  }
  const Result<bool> unfinished = change_reserve(free_bytes);
  if (unfinished && *unfinished) look_again_at_ = now;
  const MutexLock lock(facts_mutex_);
  facts_.reserve_bytes = held_bytes_;
  facts_.reserve_trouble = unfinished ? "" : unfinished.error().message;
  if (facts_.reserve_bytes >= facts_.reserve_wanted_bytes) facts_.reserve_given_up = false;
  if (!unfinished) reserve_again_at_ = now + reserve_pause;
}

/// Whether there is more of it to be done.
Result<bool> DiskSpace::change_reserve(std::int64_t free_bytes) {
  const std::int64_t wanted = options_.reserve_bytes;
  const MutexLock lock(reserve_mutex_);
  const std::int64_t held = reserve_.held_bytes();
  if (held == wanted) return false;
  Result<> changed;
  if (held > wanted) {
    changed = reserve_.shrink(wanted);
  } else if (may_reserve(free_bytes, held, wanted)) {
    changed = reserve_.grow(std::min(wanted, held + piece_bytes));
  } else {
    return failure(Remedy::retry, fmt::format("{} MiB are free, it needs twice its size",
                                              (free_bytes + held) / mebibyte));
  }
  held_bytes_ = reserve_.held_bytes();
  if (!changed) return propagate(std::move(changed));
  return reserve_.held_bytes() != wanted;
}

bool DiskSpace::give_up(SteadyTime now) {
  bool freed = false;
  {
    const MutexLock lock(reserve_mutex_);
    freed = reserve_.give_up();
    held_bytes_ = reserve_.held_bytes();
  }
  const MutexLock lock(facts_mutex_);
  reserve_again_at_ = now + reserve_pause;
  if (!freed) return false;
  // Before the next look: whoever asks in between must not write into what was freed for carts.
  is_low_ = true;
  facts_.is_low = true;
  facts_.reserve_bytes = 0;
  facts_.reserve_given_up = true;
  return true;
}

SpaceFacts DiskSpace::facts() const {
  const MutexLock lock(facts_mutex_);
  return facts_;
}

}  // namespace gatehouse
