#include "daemon/local/facts/facts.hpp"

namespace gatehouse::local {

DiskWait disk_wait(std::string_view thread, const DiskTime& time, SteadyTime now) {
  const auto since = time.inside_since();
  DiskWait wait{.thread = thread, .spent = time.spent(now)};
  if (since && *since < now) wait.inside = std::chrono::floor<milliseconds>(now - *since);
  if (const auto slow = time.last_slow()) {
    wait.slow_took = slow->took;
    wait.slow_ago = std::chrono::floor<milliseconds>(now - slow->ended);
  }
  return wait;
}

milliseconds age(const Facts& facts, WallTime since) {
  return facts.now - since;
}

std::string error_or(std::string_view otherwise, const sync::DestinationStatus& destination) {
  return destination.last_error.empty() ? std::string(otherwise) : destination.last_error;
}

}  // namespace gatehouse::local
