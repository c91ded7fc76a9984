#include "store/space/disk_space.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

#include "store/values/disk_time.hpp"

namespace gatehouse {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1024} * 1024;

}  // namespace

std::optional<FreeSpace> measure_space(const std::filesystem::path& folder) {
  const DiskCall disk;
  struct statvfs found{};
  if (::statvfs(folder.c_str(), &found) != 0) return std::nullopt;
  const auto block = static_cast<std::int64_t>(found.f_frsize);
  return FreeSpace{static_cast<std::int64_t>(found.f_bavail) * block,
                   static_cast<std::int64_t>(found.f_blocks) * block};
}

bool may_reserve(std::int64_t free_bytes, std::int64_t held_bytes, std::int64_t wanted_bytes) {
  return (free_bytes + held_bytes) / 2 >= wanted_bytes;
}

DiskSpace::DiskSpace(SpaceOptions options)
    : options_(std::move(options)), reserve_(options_.folder / "reserve") {
  facts_.reserve_bytes = reserve_.held_bytes();
  facts_.reserve_wanted_bytes = options_.reserve_bytes;
}

void DiskSpace::look(SteadyTime now) {
  if (now < look_again_at_) return;
  look_again_at_ = now + look_interval;
  const auto measured = options_.measure(options_.folder);
  if (measured) {
    // What the reserve keeps is not used up.
    const std::int64_t used = measured->total_bytes - measured->free_bytes - reserve_.held_bytes();
    growth_.note(options_.since_boot(), used);
    tend_reserve(measured->free_bytes, now);
  }
  const MutexLock lock(facts_mutex_);
  facts_.measured = measured;
  facts_.growth_bytes_a_day = growth_.bytes_a_day();
}

void DiskSpace::tend_reserve(std::int64_t free_bytes, SteadyTime now) {
  if (now < reserve_again_at_) return;
  is_stuck_ = false;
  const Result<bool> unfinished = change_reserve(free_bytes);
  if (unfinished && *unfinished) look_again_at_ = now;
  if (!unfinished) reserve_again_at_ = now + reserve_pause;
  const MutexLock lock(facts_mutex_);
  facts_.reserve_bytes = reserve_.held_bytes();
  facts_.reserve_trouble = unfinished ? "" : unfinished.error().message;
  if (facts_.reserve_bytes >= facts_.reserve_wanted_bytes) facts_.reserve_given_up = false;
}

/// Whether there is more of it to be done.
Result<bool> DiskSpace::change_reserve(std::int64_t free_bytes) {
  const std::int64_t wanted = options_.reserve_bytes;
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
  if (!changed) return propagate(std::move(changed));
  return reserve_.held_bytes() != wanted;
}

bool DiskSpace::give_up(SteadyTime now) {
  if (!holds_reserve()) return false;
  is_stuck_ = !reserve_.give_up();
  reserve_again_at_ = now + pause_;
  pause_ = std::min(2 * pause_, reserve_pause_max);
  // What lacks the space is refused alone then: the others of its batch go on.
  if (is_stuck_) return true;
  const MutexLock lock(facts_mutex_);
  facts_.reserve_bytes = 0;
  facts_.reserve_given_up = true;
  return true;
}

SpaceFacts DiskSpace::facts() const {
  const MutexLock lock(facts_mutex_);
  return facts_;
}

}  // namespace gatehouse
