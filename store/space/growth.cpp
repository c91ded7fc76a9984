#include "store/space/growth.hpp"

#include <algorithm>

namespace gatehouse {
namespace {

constexpr double day_ms = 24.0 * 3600 * 1000;
/// What is further away than this is no news, and must not overflow.
constexpr double days_max = 3650;

}  // namespace

void Growth::note(milliseconds at, std::int64_t used_bytes) {
  if (!began_) began_ = at;
  if (at - *began_ < left_out) return;
  if (!samples_.empty() && at - samples_.back().at < sample_interval) return;
  samples_.push_back({at, used_bytes});
  while (at - samples_.front().at > window) samples_.pop_front();
}

std::optional<std::int64_t> Growth::bytes_a_day() const {
  if (samples_.empty() || samples_.back().at - samples_.front().at < span_min) return std::nullopt;
  const auto count = static_cast<double>(samples_.size());
  // From the first one on: the squares of large numbers have no digits left for small differences.
  const auto time = [this](const Sample& each) {
    return static_cast<double>((each.at - samples_.front().at).count());
  };
  const auto used = [this](const Sample& each) {
    return static_cast<double>(each.used_bytes - samples_.front().used_bytes);
  };
  double mean_time = 0;
  double mean_used = 0;
  for (const Sample& each : samples_) {
    mean_time += time(each) / count;
    mean_used += used(each) / count;
  }
  double together = 0;
  double alone = 0;
  for (const Sample& each : samples_) {
    together += (time(each) - mean_time) * (used(each) - mean_used);
    alone += (time(each) - mean_time) * (time(each) - mean_time);
  }
  return static_cast<std::int64_t>(together / alone * day_ms);
}

std::optional<milliseconds> full_in(std::int64_t free_bytes,
                                    std::optional<std::int64_t> bytes_a_day) {
  if (!bytes_a_day || *bytes_a_day <= 0) return std::nullopt;
  const double days = static_cast<double>(free_bytes) / static_cast<double>(*bytes_a_day);
  if (days > days_max) return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(std::max(days, 0.0) * day_ms)};
}

}  // namespace gatehouse
