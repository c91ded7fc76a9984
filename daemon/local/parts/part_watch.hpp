#pragma once

#include <array>
#include <optional>

#include "daemon/local/parts/part.hpp"

namespace gatehouse::local {

/// Remembers since when each part has been in its condition: the only thing about parts that is
/// kept. Whoever shows them looks through it. Not thread-safe: one of each local API, on its loop.
class PartWatch {
 public:
  /// `parts` with their `since`: when a look first found the part in this condition, by the wall
  /// clock as it is now, in whole seconds: one that was wrong then and was corrected since is no
  /// matter. Another reason for the same condition does not begin it anew.
  [[nodiscard]] Parts look(Parts parts, SteadyTime now, WallTime wall);

 private:
  struct Seen {
    Condition condition = Condition::well;
    std::optional<SteadyTime> since{};
  };
  std::array<Seen, part_count> seen_{};
};

}  // namespace gatehouse::local
