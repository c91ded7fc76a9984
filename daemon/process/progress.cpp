#include "daemon/process/progress.hpp"

namespace gatehouse::process {

std::size_t Progress::watch(std::string_view thread, milliseconds stall_max) {
  threads_.push_back({.name = thread,
                      .stall_max = stall_max,
                      .turns = 0,
                      .moved_at = start_,
                      .disk_spent = milliseconds{0},
                      .disk_spent_at_move = milliseconds{0}});
  return threads_.size() - 1;
}

void Progress::observe(std::size_t thread, std::uint64_t turns, milliseconds disk_spent,
                       SteadyTime now) {
  Thread& watched = threads_.at(thread);
  watched.disk_spent = disk_spent;
  if (watched.turns == turns) return;
  watched.disk_spent_at_move = disk_spent;
  watched.turns = turns;
  watched.moved_at = now;
}

std::vector<std::string_view> Progress::stalled(SteadyTime now) const {
  std::vector<std::string_view> names;
  for (const Thread& thread : threads_) {
    const milliseconds for_the_disk = thread.disk_spent - thread.disk_spent_at_move;
    if (now - thread.moved_at - for_the_disk > thread.stall_max) names.push_back(thread.name);
  }
  return names;
}

}  // namespace gatehouse::process
