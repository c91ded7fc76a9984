#include "store/ledger/records/refund_waits.hpp"

#include <iterator>

#include "store/ledger/records/refund.hpp"

namespace gatehouse::store {

void RefundWaits::begin(std::int64_t delivery_id, SteadyTime now) {
  since_.insert_or_assign(delivery_id, now);
  if (since_.size() > kept_max) {
    since_.erase(since_.begin()->first == delivery_id ? std::next(since_.begin()) : since_.begin());
  }
}

bool RefundWaits::is_over(std::int64_t delivery_id, SteadyTime now) {
  const auto known = since_.find(delivery_id);
  if (known != since_.end()) return now - known->second >= refund_effect_max;
  begin(delivery_id, now);
  return false;
}

}  // namespace gatehouse::store
