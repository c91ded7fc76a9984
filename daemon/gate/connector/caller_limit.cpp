#include "daemon/gate/connector/caller_limit.hpp"

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;

}  // namespace

bool CallerLimit::pass(std::string_view caller, std::size_t calls_per_second, SteadyTime now) {
  if (calls_per_second == 0) return true;
  return bucket_of(caller, now).take(per_second(calls_per_second), now);
}

TokenBucket& CallerLimit::bucket_of(std::string_view caller, SteadyTime now) {
  if (const auto known = buckets_.find(caller); known != buckets_.end()) return known->second;
  // Looking through the whole table once a second at most, whoever comes.
  if (buckets_.size() >= callers_max && now - swept_at_ >= seconds{1}) {
    swept_at_ = now;
    std::erase_if(buckets_, [now](const auto& entry) { return entry.second.is_full(now); });
  }
  if (buckets_.size() >= callers_max) return shared_;
  return buckets_[std::string(caller)];
}

}  // namespace gatehouse::gate
