#include "sync/delivery/quarantine.hpp"

#include <utility>

namespace gatehouse::sync {

bool Quarantine::add(std::int64_t id, SteadyTime until, std::string reason,
                     std::optional<WallTime> due_at) {
  reason_ = std::move(reason);
  if (kept_.size() >= size_max && !kept_.contains(id)) return false;
  kept_[id] = {until, due_at};
  return true;
}

bool Quarantine::holds(std::int64_t id, SteadyTime now, std::optional<WallTime> due_at) const {
  const auto found = kept_.find(id);
  if (found == kept_.end() || now >= found->second.until) return false;
  return !due_at || !found->second.due_at || *due_at == *found->second.due_at;
}

}  // namespace gatehouse::sync
