#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse::sync::model {

/// Chance that is the same on every machine and in every run: a stream of its own for each seed and
/// purpose, so that more draws for one thing change nothing of another.
class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view purpose);

  /// Uniform in [0, 1).
  double chance();
  bool happens(double probability) { return chance() < probability; }
  /// 0 to `end` - 1.
  std::size_t below(std::size_t end);
  milliseconds up_to(milliseconds most);
  template <class T>
  const T& of(std::span<const T> all) {
    return all[below(all.size())];
  }

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

}  // namespace gatehouse::sync::model
