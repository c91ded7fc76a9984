#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/ledger/records/delivery.hpp"
#include "sync/sync_status.hpp"

namespace gatehouse::local {

/// When a record that is due will be sent.
struct WhenSent {
  const char* when = "now";  ///< now, in_turn, after_record, after_probe, when_configured
  std::string text{};        ///< the same for people, to be put after "will be sent "
};

/// By what keeps it back, the farthest first: its destination is not set, an earlier record of its
/// trip, the breaker of the destination, others that wait. Pure. `behind`: DeliveryPlace::behind.
[[nodiscard]] WhenSent when_sent(store::DeliveryKind kind, std::optional<std::int64_t> behind,
                                 bool others_wait, const sync::SyncStatus& sync);

/// "cloud", "refunds" or "reports": the destination, as the status calls it.
[[nodiscard]] const char* destination_of(store::DeliveryKind kind);

}  // namespace gatehouse::local
