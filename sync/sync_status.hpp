#pragma once

#include <cstddef>
#include <string>

#include "sync/clock/clock_status.hpp"
#include "sync/credentials/status.hpp"
#include "sync/delivery/destination_status.hpp"
#include "sync/feed/cache_upkeep.hpp"
#include "sync/feed/feed.hpp"

namespace gatehouse::sync {

/// What the sync thread met in the ledger that only a person can mend.
struct LedgerDamage {
  std::string text{};           ///< the last of it, '' : nothing so far
  std::size_t quarantined = 0;  ///< deliveries and charges that it keeps from going on
};

struct SyncStatus {
  FeedStatus feed;
  DestinationStatus cloud;
  DestinationStatus payments;            ///< payment or checkout service: the charges
  DestinationStatus refunds;             ///< payment service: refunds
  DestinationStatus reports;             ///< of the payment status, to a host of their own
  CredentialStatus credentials;          ///< those of [aws], which all sign with
  CredentialStatus feed_credentials{};   ///< of a role of its own; not wanted: it has none
  CredentialStatus cloud_credentials{};  ///< the same
  LedgerDamage damage{};
  ClockStatus clock{};
  CacheStatus cache{};
};

}  // namespace gatehouse::sync
