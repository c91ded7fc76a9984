#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/configuration/load.hpp"
#include "store/ledger/ledger_counts.hpp"
#include "store/space/disk_space.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/time.hpp"
#include "sync/sync_thread.hpp"

namespace gatehouse::local {

/// Something that is of no use from a certain time on.
struct Expiry {
  std::string what;                      ///< a key of the configuration, or "archive_key"
  std::filesystem::path file;            ///< where its end is written
  std::optional<WallTime> expires_at{};  ///< nullopt: never, or `unreadable`
  std::string unreadable{};              ///< what is the matter with the file, ''
  /// Of what was read at the start, and is used until a restart whatever the file says now.
  std::optional<WallTime> in_use_until{};
};

/// A release that failed on this box, as the package's rollback reports it. All printable.
struct RollbackReport {
  enum class Outcome { unreadable, rolled_back, failed };
  Outcome outcome = Outcome::unreadable;
  std::string from{};
  std::string to{};
  std::string at{};      ///< RFC 3339
  std::string reason{};  ///< of the release; unreadable: what is the matter with the report
};

/// What one of our threads waits, or recently waited, for the disk.
struct DiskWait {
  std::string_view thread;    ///< a literal
  milliseconds inside{0};     ///< the call that it is in now has taken this long
  milliseconds spent{0};      ///< by all calls since the start
  milliseconds slow_took{0};  ///< the last call of DiskTime::slow or more that has ended
  std::optional<milliseconds> slow_ago{};  ///< since that ended
};
[[nodiscard]] DiskWait disk_wait(std::string_view thread, const DiskTime& time, SteadyTime now);

/// How one of our threads turns.
struct ThreadTurn {
  std::string_view thread;  ///< a literal
  bool has_turned = true;   ///< false: it is in its first turn, and has said nothing yet
  /// What its turn has taken so far, without what it waited for the disk.
  milliseconds still{0};
  milliseconds patience{0};  ///< a turn that takes longer is no work any more
  /// What the longest turn of all has computed; where a loop turns, how late its timer came.
  std::chrono::nanoseconds longest{0};
  std::uint64_t long_ones = 0;  ///< turns of more than Turns::long_turn
};

/// What the process knows of itself: the composition root fills it whenever it is asked.
struct ProcessFacts {
  std::string version;
  std::string store_id;
  WallTime started_at;

  std::vector<std::string> gate_listening;  ///< "127.0.0.1:8080", …; empty: the gate is not served
  std::size_t gate_connections = 0;
  std::size_t gate_body_bytes = 0;        ///< what http::Limits::bodies_max_bytes is about
  std::uint64_t gate_bodies_refused = 0;  ///< at that limit, answered 503
  std::optional<WallTime> gate_bodies_refused_at{};  ///< the last of them
  bool gate_unprotected = false;  ///< reachable from other machines without proof of who calls
  milliseconds stale_after{0};    ///< 0: never
  bool reject_when_stale = false;
  /// What the gate knows of the cache's age besides its last sync: gate::CacheAge.
  std::optional<milliseconds> in_step_before{};
  milliseconds gate_open_for{0};
  bool wall_confirmed = true;
  bool asks_cloud = false;  ///< gate.unknown_shopper is "ask_cloud"

  bool settles = false;                                ///< jwo.settlement is not "none"
  milliseconds charge_window{std::chrono::hours{46}};  ///< jwo.charge_window
  bool reconciliation_means_captured = true;           ///< jwo.reconciliation_means_captured
  bool has_credentials = false;                        ///< those of [aws], not expired
  bool feed_is_signed = false;                         ///< by AWS keys; so is the next
  bool cloud_is_signed = false;

  bool ledger_open = true;        ///< LedgerThread::opened()
  std::string ledger_trouble;     ///< LedgerThread::trouble()
  std::string ledger_damage;      ///< LedgerThread::damage(); what reads met: `sync`
  std::string carts_refused{};    ///< LedgerThread::carts_refused()
  std::string witness_trouble{};  ///< LedgerThread::witness_trouble()
  std::vector<DiskWait> disk{};
  std::vector<ThreadTurn> threads{};  ///< gate, ledger (once it is open), sync, local
  SpaceFacts space{};                 ///< of the disk under store.state_dir
  sync::SyncStatus sync;
  std::vector<configuration::ConfigWarning> configuration_warnings;

  std::optional<Expiry> archive_key;  ///< of the package repository; nullopt: there is none
  std::vector<Expiry> certificates;   ///< our own and those we trust, as far as they are used
  std::optional<RollbackReport> rollback;
};

/// What one connector of the gate was asked since the start, by what it answered. Order and names:
/// daemon/gate/call/routes.hpp, daemon/gate/decision/counted.hpp.
struct ConnectorCounts {
  std::string calls;  ///< "scans"
  std::vector<std::pair<std::string, std::uint64_t>> answers;
};
using GateCounts = std::vector<ConnectorCounts>;

/// Carts that the gate did not take since the start.
struct CartRefusals {
  /// Answered 400, by what became of them (gate::RefusedKeeping).
  std::vector<std::pair<std::string, std::uint64_t>> kept_or_not{};
  std::uint64_t not_kept = 0;                ///< of those
  std::optional<WallTime> not_kept_at{};     ///< the last of these
  std::uint64_t unauthorised = 0;            ///< 401 on the path of carts
  std::uint64_t too_large = 0;               ///< 413 on it
  std::optional<WallTime> turned_away_at{};  ///< the last of both
};

/// Everything that status, status page, health and metrics are made from: one moment, one value.
struct Facts {
  WallTime now;
  ProcessFacts process;
  GateCounts gate;
  CartRefusals carts{};
  store::LedgerCounts ledger;
  std::string ledger_unreadable;  ///< why `ledger` could not be counted, '' if it could
};

/// Negative where `since` is still to come.
[[nodiscard]] milliseconds age(const Facts& facts, WallTime since);

/// What was wrong with a destination last, which says itself who cannot be reached; `otherwise`
/// where it has not said anything.
[[nodiscard]] std::string error_or(std::string_view otherwise,
                                   const sync::DestinationStatus& destination);

}  // namespace gatehouse::local
