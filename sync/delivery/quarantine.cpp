#include "sync/delivery/quarantine.hpp"

#include <utility>

namespace gatehouse::sync {

bool Quarantine::add(std::int64_t id, SteadyTime until, std::string reason) {
  reason_ = std::move(reason);
  if (until_.size() >= size_max && !until_.contains(id)) return false;
  until_[id] = until;
  return true;
}

bool Quarantine::holds(std::int64_t id, SteadyTime now) const {
  const auto found = until_.find(id);
  return found != until_.end() && now < found->second;
}

}  // namespace gatehouse::sync
