#include "daemon/process/progress.hpp"

namespace gatehouse::process {

std::size_t Progress::watch(std::string_view thread, milliseconds stall_max) {
  threads_.push_back({thread, stall_max, 0, start_});
  return threads_.size() - 1;
}

void Progress::observe(std::size_t thread, std::uint64_t turns, SteadyTime now) {
  Thread& watched = threads_.at(thread);
  if (watched.turns == turns) return;
  watched.turns = turns;
  watched.moved_at = now;
}

std::vector<std::string_view> Progress::stalled(SteadyTime now) const {
  std::vector<std::string_view> names;
  for (const Thread& thread : threads_) {
    if (now - thread.moved_at > thread.stall_max) names.push_back(thread.name);
  }
  return names;
}

}  // namespace gatehouse::process
