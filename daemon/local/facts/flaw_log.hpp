#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/values/time.hpp"
#include "sync/feed/feed_flaw.hpp"

namespace gatehouse::local {

/// Which flawed rows of the feed the log should name: each document once an hour, at most 256
/// documents an hour, and of many at once the last ten. What is not named is counted in status and
/// metrics all the same. Not thread-safe.
class FlawLog {
 public:
  /// The lines for what was new since the last look.
  [[nodiscard]] std::vector<std::string> look(const sync::FlawTally& flaws, SteadyTime now);

  static constexpr std::size_t documents_max = 256;
  static constexpr std::chrono::hours quiet{1};

 private:
  [[nodiscard]] bool is_news(const sync::FlawedRow& row, SteadyTime now);

  std::uint64_t seen_ = 0;  ///< the number of the last entry that was looked at
  std::unordered_map<std::string, SteadyTime> named_at_;
};

}  // namespace gatehouse::local
