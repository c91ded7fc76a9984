#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/values/token_bucket.hpp"

namespace gatehouse::log {

/// Keeps one kind of line from filling the journal, whatever comes in, and counts those that it
/// kept back. Not thread-safe.
class LogLimit {
 public:
  explicit LogLimit(const Rate& rate = {10, std::chrono::seconds{6}}) : rate_(rate) {}

  /// nullopt: say nothing. Else how many lines were suppressed since the last one, to be said with
  /// it.
  [[nodiscard]] std::optional<std::uint64_t> pass(SteadyTime now);

 private:
  Rate rate_;
  TokenBucket bucket_;
  std::uint64_t suppressed_ = 0;
};

/// The end of a line: "" for none, else " (12 more like this were not logged)".
[[nodiscard]] std::string suppressed_note(std::uint64_t suppressed);

}  // namespace gatehouse::log
