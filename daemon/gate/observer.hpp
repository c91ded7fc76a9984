#pragma once

#include <chrono>
#include <string_view>

#include "store/ledger_records.hpp"

namespace gatehouse::gate {

enum class ScanOutcome {
  accepted,
  unknown,
  blocked,
  stale,         ///< refused because the cache is too old (gate.when_stale)
  asked_cloud,   ///< the cloud's own answer was passed on
  cache_failed,  ///< the cache could not be read: refused, or the cloud was asked and did not
                 ///< answer
  invalid,       ///< 400
};
enum class CartAnswer { recorded, repeated, differing, invalid, unavailable };

/// What the gate did, for metrics. Called on the gate thread, must be cheap.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void scan_answered(ScanOutcome outcome, std::chrono::nanoseconds took) = 0;
  virtual void cart_answered(CartAnswer answer, std::chrono::nanoseconds took) = 0;
  /// 404, 405, 401: anything that reached no connector.
  virtual void request_refused(unsigned status) = 0;
};

}  // namespace gatehouse::gate
