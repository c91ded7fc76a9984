#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace gatehouse::simulator {

/// Seeded chance that gives the same numbers on every machine: std::mt19937_64 is fixed by the
/// standard, the standard's distributions are not. Each (seed, stream) is a sequence of its own, so
/// that trip 7 is the same trip however many connections play beside it.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : engine_(mixed(seed, stream)) {}

  std::uint64_t next() { return engine_(); }
  /// Uniform in [0, bound), for bounds small against 2^64 (the bias is below bound / 2^64).
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// True with the given probability, 0..1.
  bool happens(double probability) {
    return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < probability;
  }
  bool percent(double percentage) { return happens(percentage / 100.0); }

  /// A version 4 UUID in lower case.
  std::string uuid() {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
    std::string text(36, '-');
    std::size_t dash = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (dash < dashes.size() && i == dashes[dash]) {
        ++dash;
        continue;
      }
      text[i] = digits[below(16)];
    }
    text[14] = '4';
    text[19] = digits[8 + below(4)];
    return text;
  }

 private:
  // splitmix64's finalizer: neighbouring seeds and streams give engines that have nothing in
  // common.
  static std::uint64_t mixed(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t z = seed * 0x9E3779B97F4A7C15U + stream + 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  std::mt19937_64 engine_;
};

}  // namespace gatehouse::simulator
