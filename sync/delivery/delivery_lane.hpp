#pragma once

#include <cstddef>
#include <string>

#include "store/ledger/records/delivery.hpp"
#include "sync/delivery/judgement.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Where a forwarder's deliveries go and what the answers there mean. No state but its options; all
/// on the sync thread.
class DeliveryLane {
 public:
  virtual ~DeliveryLane() = default;

  [[nodiscard]] virtual store::Lane lane() const = 0;
  /// False: nothing goes this way in this configuration.
  [[nodiscard]] virtual bool configured() const = 0;
  /// Why nothing can be sent although it is configured, and what to set; '' when it can.
  [[nodiscard]] virtual std::string what_is_missing() const = 0;
  [[nodiscard]] virtual std::size_t max_in_flight() const = 0;

  /// May take the payload out of `delivery`, unless it says below that it needs it again.
  [[nodiscard]] virtual Request request(store::Delivery& delivery) const = 0;
  [[nodiscard]] virtual Judgement judge(const store::Delivery& delivery,
                                        const Reply& reply) const = 0;
  /// What a delivered one brought back, to be recorded with it. `attempt.at` is set.
  virtual void take_answer(const store::Delivery& delivery, const Reply& reply,
                           store::DeliveryAttempt& attempt) const = 0;
};

}  // namespace gatehouse::sync
