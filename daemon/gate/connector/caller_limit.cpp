#include "daemon/gate/connector/caller_limit.hpp"

#include <algorithm>

namespace gatehouse::gate {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

}  // namespace

bool CallerLimit::pass(std::string_view caller, std::size_t per_second, SteadyTime now) {
  if (per_second == 0) return true;
  Bucket& bucket = bucket_of(caller, now);
  const nanoseconds token = nanoseconds{seconds{1}} / static_cast<std::int64_t>(per_second);
  const SteadyTime full_at = std::max(bucket.full_at, now) + token;
  if (full_at - now > seconds{1}) return false;
  bucket.full_at = full_at;
  return true;
}

CallerLimit::Bucket& CallerLimit::bucket_of(std::string_view caller, SteadyTime now) {
  if (const auto known = buckets_.find(caller); known != buckets_.end()) return known->second;
  // Looking through the whole table once a second at most, whoever comes.
  if (buckets_.size() >= callers_max && now - swept_at_ >= seconds{1}) {
    swept_at_ = now;
    std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full_at <= now; });
  }
  if (buckets_.size() >= callers_max) return shared_;
  return buckets_[std::string(caller)];
}

}  // namespace gatehouse::gate
