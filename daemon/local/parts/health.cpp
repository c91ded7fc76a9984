#include "daemon/local/parts/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/local/parts/part_table.hpp"
#include "daemon/local/parts/readiness.hpp"
#include "daemon/local/warnings/thread_warnings.hpp"
#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

/// What the sync thread turns.
constexpr auto turned_by_sync =
    std::to_array<Part>({Part::feed, Part::cloud, Part::amazon, Part::credentials, Part::clock});
/// Of those, what has nothing to do without the ledger.
constexpr auto fed_by_ledger = std::to_array<Part>({Part::cloud, Part::amazon});

struct Reason {
  Condition condition;
  std::string_view code;
  std::string text;
};

/// Of several reasons of one gravity the first one stands: warnings come the worst first.
void apply(Parts& parts, Part part, const Reason& reason) {
  PartState& state = parts.at(static_cast<std::size_t>(part));
  if (reason.condition <= state.condition) return;
  state.condition = reason.condition;
  state.code = reason.code;
  state.text = reason.text;
}

/// Less than a few carts and their log need.
constexpr std::int64_t space_gone_bytes = std::int64_t{1024} * 1024;

/// Of what ends a function in the end only.
bool goes_on(std::string_view code, const ProcessFacts& process) {
  // What the feed has filled is as good as the file, until a restart.
  if (code == "cache_stand_in" || code == "cache_begun_anew") return !lets_nobody_in(process);
  if (code != "disk_low") return false;
  const SpaceFacts& space = process.space;
  return space.reserve_bytes > 0 || space.measured->free_bytes >= space_gone_bytes;
}

Condition condition_by(const Warning& warning, const Bearing& bearing, const ProcessFacts& facts) {
  const bool ends = warning.severity == Severity::critical && bearing.ends_function;
  return ends && !goes_on(warning.code, facts) ? Condition::failed : Condition::degraded;
}

void apply_warnings(const Facts& facts, const std::vector<Warning>& warnings, Parts& parts) {
  for (const Warning& warning : warnings) {
    if (warning.severity == Severity::notice) continue;
    const Bearing bearing = bearing_of(warning.code);
    const Reason reason{condition_by(warning, bearing, facts.process), warning.code, warning.text};
    apply(parts, bearing.part, reason);
    if (warning.code != "sync_stuck") continue;
    for (const Part part : turned_by_sync) apply(parts, part, reason);
  }
}

bool sends_to_amazon(const Facts& facts) {
  const sync::SyncStatus& sync = facts.process.sync;
  return facts.process.settles || sync.payments.configured || sync.refunds.configured ||
         sync.reports.configured;
}

/// What is still true of the sync thread's parts was true at its last turn.
void apply_silence(const Facts& facts, Parts& parts) {
  const ThreadTurn* sync = find_thread(facts, "sync");
  if (sync != nullptr && sync->has_turned) return;
  for (const Part part : turned_by_sync) {
    apply(parts, part, {Condition::degraded, not_known, "the sync thread is in its first turn"});
  }
}

void apply_disk_waits(const Facts& facts, Parts& parts) {
  const auto text = [](std::string_view what, milliseconds wait) {
    return fmt::format("{} for the disk, {} in one call, now or in the last minute: see disk_slow",
                       what, age_text(wait));
  };
  const milliseconds ledger = lately_waited_for_disk(facts, "ledger");
  if (ledger >= DiskTime::slow) {
    const bool refuses = ledger >= gate::cart_wait_max;
    apply(parts, Part::ledger,
          {refuses ? Condition::failed : Condition::degraded, "disk_slow",
           text(refuses ? "carts are answered 503, they wait" : "carts wait", ledger)});
  }
  const milliseconds sync = lately_waited_for_disk(facts, "sync");
  if (sync < DiskTime::slow) return;
  const bool stands_still = waits_for_disk(facts, "sync") >= disk_slow_critical;
  const auto condition = stands_still ? Condition::failed : Condition::degraded;
  for (const Part part : turned_by_sync) {
    apply(parts, part, {condition, "disk_slow", text("it waits", sync)});
  }
}

/// Errors say it in words alone: SQLite's names, and the system's. A file that is not ours reads as
/// one on a disk that takes no write.
bool blames_disk(std::string_view trouble) {
  constexpr auto words = std::to_array<std::string_view>(
      {"SQLITE_IOERR", "disk I/O error", "SQLITE_FULL", "disk is full", "SQLITE_READONLY",
       "Read-only file system", "Input/output error", "No space left on device",
       "Disk quota exceeded"});
  return std::ranges::any_of(words, [&](std::string_view word) { return trouble.contains(word); });
}

/// However much space it shows.
void apply_disk_errors(const Facts& facts, Parts& parts) {
  const ProcessFacts& process = facts.process;
  const std::string_view trouble = process.ledger_open ? "ledger_trouble" : "ledger_not_open";
  for (const auto& [code, said] : {std::pair{trouble, &process.ledger_trouble},
                                   {"ledger_witness_failing", &process.witness_trouble}}) {
    if (!blames_disk(*said)) continue;
    apply(parts, Part::disk,
          {Condition::degraded, code, "it does not take what is written: " + *said});
  }
}

/// A lane signs with a role of its own, or else with the keys of [aws].
void apply_lack_of_credentials(const Facts& facts, Parts& parts) {
  const ProcessFacts& process = facts.process;
  const auto apply_to = [&](Part part, bool is_signed, const sync::CredentialStatus& own) {
    const bool lacks_shared = process.sync.credentials.wanted && !process.has_credentials;
    if (!is_signed || !(own.wanted ? !own.usable : lacks_shared)) return;
    apply(parts, part,
          {Condition::degraded, "credentials_missing",
           "what it sends must be signed, and there are no AWS credentials: see credentials"});
  };
  apply_to(Part::feed, process.feed_is_signed, process.sync.feed_credentials);
  apply_to(Part::cloud, process.cloud_is_signed, process.sync.cloud_credentials);
  apply_to(Part::amazon, process.settles, {});
}

void apply_lack_of_ledger(const Facts& facts, Parts& parts) {
  const auto apply_to_lanes = [&](std::string_view code, std::string_view text) {
    for (const Part part : fed_by_ledger) {
      if (part == Part::amazon && !sends_to_amazon(facts)) continue;
      apply(parts, part, {Condition::degraded, code, std::string(text)});
    }
  };
  if (!facts.process.ledger_open) {
    apply_to_lanes("ledger_not_open", "nothing is sent before the ledger is open");
  } else if (!facts.ledger_unreadable.empty()) {
    apply_to_lanes("ledger_unreadable", "what waits here is not known: the ledger cannot be read");
  }
}

void apply_what_nobody_knows(const Facts& facts, Parts& parts) {
  if (!facts.process.space.measured) {
    apply(parts, Part::disk,
          {Condition::degraded, not_known, "how much space is left has not been measured"});
  }
  if (facts.process.sync.clock.verdict.state != sync::ClockState::confirmed) {
    apply(parts, Part::clock,
          {Condition::degraded, not_known, "nothing has confirmed this machine's clock yet"});
  }
  if (find_thread(facts, "gate") == nullptr) {
    apply(parts, Part::gate,
          {Condition::degraded, not_known, "whether the gate's thread turns is not known"});
  }
  if (facts.process.ledger_open && find_thread(facts, "ledger") == nullptr) {
    apply(parts, Part::ledger,
          {Condition::degraded, not_known, "whether the ledger's thread turns is not known"});
  }
}

}  // namespace

Health health_of(const Facts& facts) {
  Health health{.warnings = assess(facts), .parts = {}};
  for (std::size_t place = 0; place < part_count; ++place) {
    health.parts.at(place).part = part_at(place);
  }
  apply_warnings(facts, health.warnings, health.parts);
  apply_disk_waits(facts, health.parts);
  apply_disk_errors(facts, health.parts);
  apply_silence(facts, health.parts);
  apply_lack_of_credentials(facts, health.parts);
  apply_lack_of_ledger(facts, health.parts);
  apply_what_nobody_knows(facts, health.parts);
  return health;
}

}  // namespace gatehouse::local
