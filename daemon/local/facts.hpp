#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/configuration/load.hpp"
#include "store/ledger_records.hpp"
#include "store/time.hpp"
#include "sync/sync_thread.hpp"

namespace gatehouse::local {

/// What the process knows of itself: the composition root fills it whenever it is asked.
struct ProcessFacts {
  std::string version;
  std::string store_id;
  WallTime started_at;

  std::vector<std::string> gate_listening;  ///< "127.0.0.1:8080", …; empty: the gate is not served
  std::size_t gate_connections = 0;
  bool gate_unprotected = false;  ///< reachable from other machines without proof of who calls
  milliseconds stale_after{0};    ///< 0: never
  bool reject_when_stale = false;

  bool settles = false;                                ///< jwo.settlement is not "none"
  milliseconds charge_window{std::chrono::hours{46}};  ///< jwo.charge_window
  bool has_credentials = false;                        ///< for Amazon's services, not expired

  std::string ledger_trouble;  ///< LedgerWriter::trouble()
  sync::SyncStatus sync;
  std::vector<configuration::ConfigWarning> configuration_warnings;
};

/// What the gate was asked since the start, by what it answered. Order and names:
/// daemon/gate/observer.hpp.
struct GateCounts {
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
  Counts scans;
  Counts identity_keys;
  Counts scan_details;
  Counts shopper_authorizations;
  Counts carts;
};

/// Everything that status, status page, health and metrics are made from: one moment, one value.
struct Facts {
  WallTime now;
  ProcessFacts process;
  GateCounts gate;
  store::LedgerCounts ledger;
  std::string ledger_unreadable;  ///< why `ledger` could not be counted, '' if it could
};

}  // namespace gatehouse::local
