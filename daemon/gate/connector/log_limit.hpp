#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::gate {

/// Keeps one kind of log line from filling the journal, whatever comes in: a token bucket of
/// `burst` lines that gains one every `interval`. Not thread-safe.
class LogLimit {
 public:
  explicit LogLimit(std::uint32_t burst = 10, milliseconds interval = std::chrono::seconds{6})
      : burst_(burst), tokens_(burst), interval_(interval) {}

  /// nullopt: say nothing. Else how many lines were suppressed since the last one, to be said with
  /// it.
  [[nodiscard]] std::optional<std::uint64_t> pass(SteadyTime now);

 private:
  std::uint32_t burst_;
  std::uint32_t tokens_;
  milliseconds interval_;
  SteadyTime refilled_at_{};
  std::uint64_t suppressed_ = 0;
};

/// The end of a line: "" for none, else " (12 more like this were not logged)".
[[nodiscard]] std::string suppressed_note(std::uint64_t suppressed);

}  // namespace gatehouse::gate
