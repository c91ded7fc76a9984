#include "store/turns/turns.hpp"

#include <algorithm>

namespace gatehouse {

void Turns::begin(SteadyTime now) noexcept {
  began_ = now;
  disk_spent_before_ = disk_spent(now);
}

void Turns::count(SteadyTime now, std::chrono::nanoseconds computed) noexcept {
  begin(now);
  if (computed > longest_.load()) longest_ = computed;
  if (computed > long_turn) ++long_ones_;
  total_.fetch_add(1, std::memory_order_relaxed);
}

milliseconds Turns::still(SteadyTime now) const noexcept {
  const milliseconds before = disk_spent_before_;
  const SteadyTime began = began_;
  if (began == SteadyTime::min()) return milliseconds{0};
  const auto taken = std::chrono::floor<milliseconds>(now - began) - (disk_spent(now) - before);
  return std::max(taken, milliseconds{0});
}

milliseconds Turns::disk_spent(SteadyTime now) const noexcept {
  return disk_ != nullptr ? disk_->spent(now) : milliseconds{0};
}

}  // namespace gatehouse
