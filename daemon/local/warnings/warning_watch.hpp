#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/local/warnings/warning.hpp"

namespace gatehouse::local {

/// What changed between two looks at the warnings, so that the log says each once: when it comes,
/// when it becomes worse, and when it has gone. Notices are left to the status.
class WarningWatch {
 public:
  struct Change {
    bool gone = false;
    Warning warning;  ///< of one that has gone: as it was
  };
  [[nodiscard]] std::vector<Change> look(const std::vector<Warning>& now);

 private:
  using Key = std::pair<std::string, std::string>;  ///< code, and what it is about
  using Standing = std::map<Key, Warning>;
  Standing standing_;
};

}  // namespace gatehouse::local
