#include "sync/delivery/refusal_run.hpp"

#include <algorithm>

namespace gatehouse::sync {

bool RefusalRun::believes(std::int64_t record) {
  if (std::ranges::find(records_, record) != records_.end()) return true;
  if (records_.size() >= believed_max) return false;
  records_.push_back(record);
  return true;
}

}  // namespace gatehouse::sync
