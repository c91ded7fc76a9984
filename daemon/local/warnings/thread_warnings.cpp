#include "daemon/local/warnings/thread_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

const DiskWait* find_wait(const Facts& facts, std::string_view thread) {
  const auto& waits = facts.process.disk;
  const auto found = std::ranges::find(waits, thread, &DiskWait::thread);
  return found != waits.end() ? &*found : nullptr;
}

/// `about` is the thread, `text` what stands still with it. A local API that answers this is not
/// stuck any more.
const std::array<Warning, 4> stuck_threads{{
    {"gate_stuck", Severity::critical, "scans and carts are not answered", "gate"},
    {"ledger_stuck", Severity::critical, "carts are answered 503", "ledger"},
    {"sync_stuck", Severity::critical, "the feed, deliveries and charges stand still", "sync"},
    {"local_stuck", Severity::warning, "status, metrics and this API answer late", "local"},
}};

constexpr std::string_view stuck_advice =
    "systemd restarts gatehouse for it; if it comes again, keep the log (`journalctl -u "
    "gatehouse`) and report it";

}  // namespace

const ThreadTurn* find_thread(const Facts& facts, std::string_view thread) {
  const auto& threads = facts.process.threads;
  const auto found = std::ranges::find(threads, thread, &ThreadTurn::thread);
  return found != threads.end() ? &*found : nullptr;
}

bool is_stuck(const ThreadTurn& thread) {
  return thread.still > thread.patience;
}

milliseconds waits_for_disk(const Facts& facts, std::string_view thread) {
  const DiskWait* wait = find_wait(facts, thread);
  return wait != nullptr ? wait->inside : milliseconds{0};
}

milliseconds lately_waited_for_disk(const Facts& facts, std::string_view thread) {
  const DiskWait* wait = find_wait(facts, thread);
  if (wait == nullptr) return milliseconds{0};
  const bool counts = wait->slow_ago && *wait->slow_ago <= disk_wait_counts;
  return counts ? std::max(wait->inside, wait->slow_took) : wait->inside;
}

void assess_threads(const Facts& facts, std::vector<Warning>& out) {
  for (const Warning& stuck : stuck_threads) {
    const ThreadTurn* thread = find_thread(facts, stuck.about);
    if (thread == nullptr || !is_stuck(*thread)) continue;
    Warning& warning = out.emplace_back(stuck);
    warning.text = fmt::format("the {} thread has not turned for {}, and not for the disk: {}. {}",
                               stuck.about, age_text(thread->still), stuck.text, stuck_advice);
  }
}

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
