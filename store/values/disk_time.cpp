#include "store/values/disk_time.hpp"

#include <time.h>

namespace gatehouse {
namespace {

thread_local DiskTime* of_this_thread = nullptr;

SteadyTime::rep ticks(SteadyTime time) {
  return time.time_since_epoch().count();
}

milliseconds from_ticks(SteadyTime::rep ticks) {
  return std::chrono::duration_cast<milliseconds>(SteadyTime::duration{ticks});
}

/// What the steady clock said at the kernel's last tick, at most some milliseconds ago: enough for
/// waits that are told by the second, and a fifth of the cost, twice in every call of SQLite.
SteadyTime last_tick() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return SteadyTime{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

}  // namespace

void DiskTime::count_this_thread() noexcept {
  of_this_thread = this;
}

void DiskTime::enter(SteadyTime now) noexcept {
  inside_since_ = ticks(now);
}

void DiskTime::leave(SteadyTime now) noexcept {
  const Ticks took = ticks(now) - inside_since_;
  ++ending_;
  spent_ += took;
  inside_since_ = none;
  ++ending_;
  if (from_ticks(took) < slow) return;
  slow_took_ = took;
  slow_ended_ = ticks(now);
}

std::optional<SteadyTime> DiskTime::inside_since() const noexcept {
  const Ticks since = inside_since_;
  if (since == none) return std::nullopt;
  return SteadyTime{SteadyTime::duration{since}};
}

milliseconds DiskTime::spent(SteadyTime now) const noexcept {
  std::uint64_t ending = 0;
  Ticks spent = 0;
  do {
    ending = ending_;
    const Ticks since = inside_since_;
    spent = spent_ + (since != none && since < ticks(now) ? ticks(now) - since : 0);
  } while (ending % 2 != 0 || ending != ending_);
  return from_ticks(spent);
}

std::optional<DiskTime::SlowCall> DiskTime::last_slow() const noexcept {
  const Ticks ended = slow_ended_;
  if (ended == none) return std::nullopt;
  return SlowCall{from_ticks(slow_took_), SteadyTime{SteadyTime::duration{ended}}};
}

DiskCall::DiskCall() noexcept : time_(of_this_thread) {
  if (time_ != nullptr && time_->inside_since()) time_ = nullptr;
  if (time_ != nullptr) time_->enter(last_tick());
}

DiskCall::~DiskCall() {
  if (time_ != nullptr) time_->leave(last_tick());
}

}  // namespace gatehouse
