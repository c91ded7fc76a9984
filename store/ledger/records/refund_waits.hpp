#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "store/values/time.hpp"

namespace gatehouse::store {

/// Since when refunds that a person withdrew are known to be withdrawn: refund_effect_max has to
/// pass, by the steady clock alone, for a wall clock that is set right may leap over it. In memory
/// only, so another process counts anew from the first time that it is asked. Of one thread.
class RefundWaits {
 public:
  /// Beyond that the one with the smallest id is forgotten, which has to wait anew.
  static constexpr std::size_t kept_max = 1000;

  /// It is withdrawn now, and was not before.
  void begin(std::int64_t delivery_id, SteadyTime now);
  /// Whether it has waited long enough. Where it was not known, its time begins now.
  [[nodiscard]] bool is_over(std::int64_t delivery_id, SteadyTime now);

 private:
  std::map<std::int64_t, SteadyTime> since_;
};

}  // namespace gatehouse::store
