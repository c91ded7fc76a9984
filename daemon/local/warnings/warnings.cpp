#include "daemon/local/warnings/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "daemon/gate/decision/policy.hpp"
#include "daemon/local/warnings/cache_warnings.hpp"
#include "daemon/local/warnings/cart_warnings.hpp"
#include "daemon/local/warnings/clock_warnings.hpp"
#include "daemon/local/warnings/credential_warnings.hpp"
#include "daemon/local/warnings/desk_warnings.hpp"
#include "daemon/local/warnings/expiry_warnings.hpp"
#include "daemon/local/warnings/feed_warnings.hpp"
#include "daemon/local/warnings/history_warnings.hpp"
#include "daemon/local/warnings/release_warnings.hpp"
#include "daemon/local/warnings/settlement_warnings.hpp"
#include "daemon/local/warnings/space_warnings.hpp"
#include "daemon/local/warnings/thread_warnings.hpp"
#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

using Warnings = std::vector<Warning>;

void assess_ledger(const Facts& facts, Warnings& out) {
  if (!facts.process.ledger_open) {
    out.push_back(
        {"ledger_not_open", Severity::critical,
         "the ledger cannot be opened, so carts are answered 503 (Amazon sends them again "
         "later) and nothing is delivered or charged; scans continue. It is tried again "
         "automatically: " +
             why_not_open(facts.process.ledger_trouble)});
    return;
  }
  if (const std::string& trouble = facts.process.ledger_trouble; !trouble.empty()) {
    out.push_back({"ledger_trouble", Severity::critical,
                   "the ledger cannot be written, so carts are answered 503 (Amazon sends them "
                   "again later): " +
                       trouble + ". Free space on the disk of store.state_dir, or replace it"});
  }
  if (!facts.ledger_unreadable.empty()) {
    out.push_back({"ledger_unreadable", Severity::critical,
                   "the ledger cannot be read, so its numbers are missing here: " +
                       facts.ledger_unreadable + ". See the log: journalctl -u gatehouse"});
  }
}

void assess_refusal(const Facts& facts, Warnings& out) {
  if (facts.process.carts_refused.empty()) return;
  out.push_back({"ledger_refuses_carts", Severity::critical,
                 "ledger.db is damaged where every cart has to be written, so carts are answered "
                 "503 (Amazon sends them again later); scans continue: " +
                     facts.process.carts_refused +
                     ". Follow the runbook for ledger_damaged; `gatehouse ledger salvage` makes a "
                     "new ledger of what can be read"});
}

void assess_damage(const Facts& facts, Warnings& out) {
  const std::string what = ledger_damage(facts);
  const std::size_t quarantined = facts.process.sync.damage.quarantined;
  const std::int64_t set_aside = facts.ledger.damaged;
  if (what.empty() && quarantined == 0 && set_aside == 0) return;
  out.push_back(
      {"ledger_damaged", Severity::critical,
       fmt::format(
           "ledger.db is damaged: {} records are set aside for that, {} more could not be set "
           "aside and are skipped, all others continue{}{}. Keep the box running, copy "
           "ledger.db with its -wal to another disk, and follow the runbook for "
           "ledger_damaged",
           set_aside, quarantined, what.empty() ? "" : ". Latest error: ", what)});
}

void assess_gate(const Facts& facts, Warnings& out) {
  if (facts.process.gate_listening.empty()) {
    out.push_back({"gate_not_listening", Severity::critical,
                   "the gate is not listening: set gate.listen, or `systemctl start "
                   "gatehouse-gate.socket`"});
  }
  if (facts.process.gate_unprotected) {
    out.push_back({"gate_insecure", Severity::warning,
                   "other machines can reach the gate without authentication: set "
                   "gate.tls_client_ca or gate.bearer_token_file"});
  }
  const auto refused_at = facts.process.gate_bodies_refused_at;
  if (refused_at && age(facts, *refused_at) < bodies_refused_recently) {
    out.push_back(
        {"gate_bodies_full", Severity::warning,
         fmt::format(
             "{} requests at the gate have been answered 503 since the start, the last {} ago, "
             "because other large bodies used all the memory for large bodies; scans and "
             "ordinary carts continue. Find out who sends them: `ss -tn`, and the proxy in "
             "front",
             facts.process.gate_bodies_refused, age_text(age(facts, *refused_at)))});
  }
}

void assess_cache_age(const Facts& facts, WallTime synced_at, Warnings& out) {
  const ProcessFacts& process = facts.process;
  const gate::CacheAge known{.synced_at = synced_at,
                             .in_step_before = process.in_step_before,
                             .open_for = process.gate_open_for,
                             .wall = facts.now,
                             .wall_confirmed = process.wall_confirmed};
  if (!gate::is_stale(known, process.stale_after)) return;
  const bool rejects = process.reject_when_stale;
  const milliseconds by_wall = process.wall_confirmed ? age(facts, synced_at) : known.open_for;
  out.push_back({"cache_stale", rejects ? Severity::critical : Severity::warning,
                 fmt::format("the shopper cache was last synced {} ago; scans are {}. Check the "
                             "internet connection and feed.url",
                             age_text(known.in_step_before.value_or(by_wall)),
                             rejects ? "rejected" : "still answered from it")});
}

void assess_feed(const Facts& facts, Warnings& out) {
  const sync::FeedStatus& feed = facts.process.sync.feed;
  if (!feed.configured) {
    out.push_back({"feed_not_configured", Severity::warning,
                   "there is no shopper feed, so the cache stays as it is: set feed.url"});
  } else if (!feed.position.synced_at) {
    out.push_back({"cache_never_synced", Severity::critical,
                   "the shopper cache was never synced, so all shoppers are rejected: check the "
                   "internet connection and feed.url"});
  }
  if (feed.position.synced_at) assess_cache_age(facts, *feed.position.synced_at, out);
  if (!feed.last_error.empty()) {
    out.push_back({"feed_failing", Severity::warning,
                   "the shopper feed fails and is tried again: " + feed.last_error});
  }
}

std::string pending_text(const Facts& facts) {
  const store::LedgerCounts& ledger = facts.ledger;
  if (!ledger.oldest_pending_at) return fmt::format("{} deliveries wait", ledger.pending);
  return fmt::format("{} deliveries wait, the oldest for {}", ledger.pending,
                     age_text(age(facts, *ledger.oldest_pending_at)));
}

std::string last_error(const sync::DestinationStatus& destination) {
  return destination.last_error.empty() ? "" : ": " + destination.last_error;
}

void assess_cloud(const Facts& facts, Warnings& out) {
  const sync::DestinationStatus& cloud = facts.process.sync.cloud;
  const auto oldest = facts.ledger.oldest_pending_at;
  if (!cloud.configured) {
    out.push_back({"cloud_not_configured", Severity::warning,
                   "there is no cloud to deliver to, so carts are kept: set cloud.url; " +
                       pending_text(facts)});
  } else if (cloud.refuses_all) {
    out.push_back(
        {"cloud_refuses", Severity::warning,
         cloud.last_error + "; " + pending_text(facts) +
             ". One record at a time is tried, and the rest follow once it is accepted. Find out "
             "what changed at the service"});
  } else if (!cloud.open) {
    out.push_back(
        {"cloud_unreachable", Severity::warning,
         error_or("the cloud cannot be reached", cloud) + "; " + pending_text(facts) +
             ". They are sent once it answers; check the internet connection and cloud.url"});
  } else if (facts.ledger.pending > 0 && oldest && age(facts, *oldest) > pending_long) {
    out.push_back({"deliveries_late", Severity::warning,
                   pending_text(facts) + last_error(cloud) +
                       ". See `gatehouse records list --state pending`"});
  }
  if (const auto refused = facts.ledger.set_aside - facts.ledger.damaged; refused > 0) {
    out.push_back(
        {"records_set_aside", Severity::warning,
         fmt::format(
             "{} deliveries were refused permanently, or are refunds that a lost history may "
             "have ended: see `gatehouse records list --state set_aside`. Fix the cause, "
             "then run `gatehouse records retry ID`, or `--all`, which leaves such refunds out",
             refused)});
  }
}

/// '' where each call has ended by its time-out, as it must.
std::string stuck_text(std::string_view what, const sync::DestinationStatus& destination) {
  if (destination.overdue < sync::overdue_long) return "";
  return fmt::format(
      "{} has been under way for {}, longer than it may take, and keeps one of the places for "
      "calls. Unless a warning about ledger or disk says why, keep the log (journalctl -u "
      "gatehouse), restart gatehouse and report it: what was under way is sent again under the "
      "same key, or asked about first",
      what, age_text(destination.longest_wait.value_or(destination.overdue)));
}

void assess_slots(const Facts& facts, Warnings& out) {
  const sync::SyncStatus& sync = facts.process.sync;
  if (auto text = stuck_text("a delivery to the cloud", sync.cloud); !text.empty()) {
    out.push_back({"cloud_call_stuck", Severity::warning, std::move(text)});
  }
  const auto append = [&out](std::string about, std::string_view what,
                             const sync::DestinationStatus& service) {
    if (auto text = stuck_text(what, service); !text.empty()) {
      out.push_back({"amazon_call_stuck", Severity::warning, std::move(text), std::move(about)});
    }
  };
  append("payments", "a charge's call to Amazon", sync.payments);
  append("refunds", "a refund's call to Amazon", sync.refunds);
  append("reports", "a payment status report", sync.reports);
}

void assess_carts_after_empty(const store::LedgerCounts& ledger, Warnings& out) {
  if (ledger.carts_after_empty == 0) return;
  out.push_back(
      {"cart_after_empty", Severity::critical,
       fmt::format("{} carts with items came for trips whose first cart was empty, the last for "
                   "trip {}: they were not charged. `gatehouse trip show ID` tells whether the "
                   "trip is held; then set its price with `gatehouse trip charge ID AMOUNT CODE` "
                   "and run `gatehouse trip release ID`, or `gatehouse trip cancel ID`",
                   ledger.carts_after_empty, ledger.last_trip_after_empty)});
}

void assess_carts(const Facts& facts, Warnings& out) {
  assess_refused_carts(facts, out);
  assess_carts_after_empty(facts.ledger, out);
  if (facts.ledger.differing_carts == 0) return;
  out.push_back(
      {"differing_carts", Severity::notice,
       fmt::format("{} carts were sent again with different contents; the first one is used, "
                   "the other is kept in the ledger",
                   facts.ledger.differing_carts)});
}

void assess_configuration(const Facts& facts, Warnings& out) {
  // What has a warning of its own above.
  constexpr auto covered = std::to_array<std::string_view>(
      {"feed.url", "cloud.url", "aws.credentials", "gate.insecure"});
  // Without them scans do not match, or a price of any height is charged.
  constexpr auto urgent =
      std::to_array<std::string_view>({"store.id", "store.currency", "jwo.charge_max"});
  for (const auto& [key, message, pressing] : facts.process.configuration_warnings) {
    const bool unset = message.starts_with("not set");
    const bool is_url = key.ends_with(".url");
    if (std::ranges::find(covered, key) != covered.end() && (unset || !is_url)) continue;
    const bool warns = pressing || std::ranges::find(urgent, key) != urgent.end();
    const auto severity = warns ? Severity::warning : Severity::notice;
    out.push_back({"configuration", severity, key + ": " + message});
  }
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::notice:
      return "notice";
    case Severity::warning:
      return "warning";
    case Severity::critical:
      break;
  }
  return "critical";
}

std::string ledger_damage(const Facts& facts) {
  const ProcessFacts& process = facts.process;
  if (!process.ledger_damage.empty()) return process.ledger_damage;
  return process.sync.damage.text.empty() ? facts.ledger.prices_damage : process.sync.damage.text;
}

std::vector<Warning> assess(const Facts& facts) {
  Warnings out;
  assess_ledger(facts, out);
  assess_refusal(facts, out);
  assess_damage(facts, out);
  assess_space(facts, out);
  assess_disk(facts, out);
  assess_threads(facts, out);
  assess_cache(facts, out);
  assess_history(facts, out);
  assess_gate(facts, out);
  assess_feed(facts, out);
  assess_feed_flaws(facts, out);
  assess_cloud(facts, out);
  assess_slots(facts, out);
  assess_credentials(facts, out);
  assess_settlement(facts, out);
  assess_desk(facts, out);
  assess_carts(facts, out);
  assess_clock(facts, out);
  assess_expiries(facts, out);
  assess_release(facts, out);
  assess_configuration(facts, out);
  Warnings sorted;
  for (const Severity severity : {Severity::critical, Severity::warning, Severity::notice}) {
    std::ranges::copy_if(out, std::back_inserter(sorted),
                         [&](const Warning& warning) { return warning.severity == severity; });
  }
  return sorted;
}

std::string why_not_open(const std::string& trouble) {
  return trouble.empty() ? "it is being opened, which can take minutes after an upgrade" : trouble;
}

}  // namespace gatehouse::local
