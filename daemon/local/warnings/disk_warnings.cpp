#include "daemon/local/warnings/disk_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

constexpr std::string_view advice =
    "Scans continue. Check the disk of store.state_dir: `journalctl -k`, and what else writes to "
    "it";

/// What waits with the thread.
std::string_view consequence(std::string_view thread) {
  if (thread == "ledger") return "carts that wait longer than 20 s are answered 503";
  return thread == "sync" ? "the feed and deliveries wait" : "status and listings wait";
}

const DiskWait* longest_now(const std::vector<DiskWait>& waits) {
  const auto longest = std::ranges::max_element(waits, {}, &DiskWait::inside);
  return longest != waits.end() && longest->inside >= DiskTime::slow ? &*longest : nullptr;
}

const DiskWait* longest_recently(const std::vector<DiskWait>& waits) {
  const DiskWait* longest = nullptr;
  for (const DiskWait& wait : waits) {
    if (!wait.slow_ago || *wait.slow_ago > disk_slow_recently) continue;
    if (longest == nullptr || wait.slow_took > longest->slow_took) longest = &wait;
  }
  return longest;
}

}  // namespace

void assess_disk(const Facts& facts, std::vector<Warning>& out) {
  const auto& waits = facts.process.disk;
  if (const DiskWait* now = longest_now(waits)) {
    out.push_back(
        {"disk_slow", now->inside >= disk_slow_critical ? Severity::critical : Severity::warning,
         fmt::format("a call to the database has kept the {} thread waiting for {}: {}. {}",
                     now->thread, age_text(now->inside), consequence(now->thread), advice)});
  } else if (const DiskWait* recent = longest_recently(waits)) {
    out.push_back(
        {"disk_slow", Severity::warning,
         fmt::format("a call to the database kept the {} thread waiting for {}, {} ago. {}",
                     recent->thread, age_text(recent->slow_took), age_text(*recent->slow_ago),
                     advice)});
  }
}

}  // namespace gatehouse::local
