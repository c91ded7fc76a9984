#pragma once

#include <chrono>
#include <cstddef>

#include "daemon/gate/call/routes.hpp"

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
};

}  // namespace gatehouse::gate
