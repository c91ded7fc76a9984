#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "store/values/time.hpp"

namespace gatehouse {

/// How fast a disk fills, by how much of it was used over the last day: the slope of the straight
/// line that fits best, so that a log which is rotated now and then is no growth. Pure.
class Growth {
 public:
  static constexpr std::chrono::minutes sample_interval{15};
  static constexpr std::chrono::hours window{24};
  /// Less than this says nothing.
  static constexpr std::chrono::hours span_min{6};
  /// What is written at first is a first load, and no trend.
  static constexpr std::chrono::hours left_out{1};

  /// `at` counts on while the machine sleeps, and is never set (since boot). What comes sooner than
  /// sample_interval after the one before is not kept.
  void note(milliseconds at, std::int64_t used_bytes);
  /// Negative: it becomes emptier. nullopt: not known yet.
  [[nodiscard]] std::optional<std::int64_t> bytes_a_day() const;

 private:
  struct Sample {
    milliseconds at;
    std::int64_t used_bytes;
  };
  std::optional<milliseconds> began_;
  std::deque<Sample> samples_;
};

/// When so much is used up at this rate; nullopt: never, or it is not known.
[[nodiscard]] std::optional<milliseconds> full_in(std::int64_t free_bytes,
                                                  std::optional<std::int64_t> bytes_a_day);

}  // namespace gatehouse
