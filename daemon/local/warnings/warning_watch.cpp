#include "daemon/local/warnings/warning_watch.hpp"

#include <utility>

namespace gatehouse::local {

std::vector<WarningWatch::Change> WarningWatch::look(const std::vector<Warning>& now) {
  std::vector<Change> changes;
  Standing before = std::exchange(standing_, {});
  for (const Warning& warning : now) {
    // What the configuration leaves to do is logged where it is loaded.
    if (warning.severity == Severity::notice || warning.code == "configuration") continue;
    Key key{warning.code, warning.about};
    const auto known = before.find(key);
    const bool worse = known != before.end() && warning.severity > known->second.severity;
    if (known == before.end() || worse) changes.push_back({false, warning});
    if (known != before.end()) before.erase(known);
    standing_.emplace(std::move(key), warning);
  }
  for (auto& [key, warning] : before) changes.push_back({true, std::move(warning)});
  return changes;
}

}  // namespace gatehouse::local
