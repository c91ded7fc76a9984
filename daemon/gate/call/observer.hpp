#pragma once

#include <chrono>
#include <cstddef>

#include "daemon/gate/call/routes.hpp"
#include "store/values/time.hpp"

namespace gatehouse::gate {

/// What the gate did, for metrics. Called on the gate thread, must be cheap.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `counted`: the place in the connector's words.
  virtual void call_answered(ConnectorId connector, std::size_t counted,
                             std::chrono::nanoseconds took) = 0;
  /// 404, 405, 401, 429: anything that no connector looked at.
  virtual void request_refused(unsigned status) = 0;
  /// A cart that was answered 400, once it is known what became of it.
  virtual void cart_refused(RefusedKeeping keeping, WallTime at) = 0;
  /// 401 or 413 on the path of carts: one that was not even received.
  virtual void cart_turned_away(unsigned status, WallTime at) = 0;
};

}  // namespace gatehouse::gate
