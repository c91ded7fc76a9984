#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "store/values/token_bucket.hpp"

namespace gatehouse::gate {

/// How many calls a second each caller may make: a token bucket a caller, which holds one second's
/// worth. At most `callers_max` callers are told apart. Where that many are known and none of them
/// has been quiet for a second, newcomers share one bucket: a crowd of addresses costs a bounded
/// amount of memory, and cannot push out whoever is known. Not thread-safe.
class CallerLimit {
 public:
  static constexpr std::size_t callers_max = 1024;

  /// Whether this call may pass. `calls_per_second` 0: always.
  [[nodiscard]] bool pass(std::string_view caller, std::size_t calls_per_second, SteadyTime now);
  [[nodiscard]] std::size_t callers() const { return buckets_.size(); }

 private:
  [[nodiscard]] TokenBucket& bucket_of(std::string_view caller, SteadyTime now);

  std::map<std::string, TokenBucket, std::less<>> buckets_;
  TokenBucket shared_;
  SteadyTime swept_at_{};
};

}  // namespace gatehouse::gate
