// What the daemon knows of itself, for whoever shows it.
#include "daemon/process/daemon.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/configuration/model/address.hpp"
#include "daemon/configuration/rules/exposure.hpp"
#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "daemon/process/expiries.hpp"
#include "daemon/process/patience.hpp"
#include "daemon/process/rollback_report.hpp"
#include "store/values/version.hpp"

namespace gatehouse::process {

local::ProcessFacts Daemon::facts() const {
  local::ProcessFacts facts = swift_facts();
  // A copy: what follows reads files, and a reload must not wait for a disk.
  configuration::Configuration running;
  {
    const std::lock_guard lock(configuration_mutex_);
    running = loaded_.configuration;
  }
  facts.certificates = certificate_expiries(running);
  note_in_use(facts.certificates, gate_certificates_);
  facts.archive_key = archive_key_expiry(package_files_.archive_key);
  facts.rollback = rollback_report(package_files_.rollback_report);
  return facts;
}

local::ProcessFacts Daemon::swift_facts() const {
  local::ProcessFacts facts;
  facts.version = program_version;
  facts.started_at = started_at_;
  facts.gate_listening = gate_addresses_;
  facts.gate_connections = gate_connections_;
  facts.gate_body_bytes = server_->body_bytes();
  facts.gate_bodies_refused = gate_bodies_refused_;
  if (facts.gate_bodies_refused > 0) facts.gate_bodies_refused_at = gate_bodies_refused_at_;
  facts.ledger_open = ledger_->opened();
  facts.ledger_trouble = ledger_->trouble();
  facts.ledger_damage = ledger_->damage();
  facts.carts_refused = ledger_->carts_refused();
  facts.witness_trouble = ledger_->witness_trouble();
  facts.disk = disk_waits();
  facts.threads = thread_turns();
  facts.space = space_.facts();
  facts.sync = sync_->status();
  facts.has_credentials = facts.sync.credentials.usable;
  facts.wall_confirmed = sync_->clock_confirmed();
  if (const auto synced_at = sync_->synced_at()) {
    facts.in_step_before = std::chrono::floor<milliseconds>(clock_.steady() - *synced_at);
  }
  facts.gate_open_for = std::chrono::floor<milliseconds>(clock_.steady() - gate_opened_at_);
  const std::lock_guard lock(configuration_mutex_);
  const configuration::Configuration& running = loaded_.configuration;
  facts.configuration_warnings = loaded_.warnings;
  facts.store_id = running.store.id;
  facts.gate_unprotected = !configuration::demands_proof(running.gate) &&
                           !std::ranges::all_of(gate_addresses_, configuration::is_local_only);
  facts.stale_after = running.gate.stale_after;
  facts.reject_when_stale = running.gate.when_stale == configuration::WhenStale::reject;
  facts.asks_cloud = running.gate.unknown_shopper == configuration::UnknownShopper::ask_cloud;
  facts.feed_is_signed = configuration::is_signed(running.feed);
  facts.cloud_is_signed = configuration::is_signed(running.cloud);
  facts.settles = running.jwo.settlement != sync::SettlementMode::none;
  facts.charge_window = running.jwo.charge_window;
  facts.reconciliation_means_captured = running.jwo.reconciliation_means_captured;
  return facts;
}

std::vector<local::DiskWait> Daemon::disk_waits() const {
  const SteadyTime now = clock_.steady();
  std::vector<local::DiskWait> waits;
  // Before it is open, its wait is a migration or has a warning of its own.
  if (ledger_->opened()) waits.push_back(local::disk_wait("ledger", ledger_->disk_time(), now));
  waits.push_back(local::disk_wait("sync", sync_->disk_time(), now));
  waits.push_back(local::disk_wait("local", local_->disk_time(), now));
  return waits;
}

std::vector<local::ThreadTurn> Daemon::thread_turns() const {
  const SteadyTime now = clock_.steady();
  std::vector<local::ThreadTurn> threads;
  const auto append = [&](std::string_view thread, const Turns& turns, milliseconds patience) {
    const bool has_turned = turns.total() > 0;
    threads.push_back(
        {thread, has_turned, turns.still(now), patience, turns.longest(), turns.long_ones()});
  };
  append("gate", gate_turns_, turn_patience);
  if (ledger_->opened()) append("ledger", ledger_->turning(), turn_patience);
  append("sync", sync_->turning(), turn_patience);
  append("local", local_->turning(), listing_patience);
  return threads;
}

std::string Daemon::status_text() const {
  std::string text = fmt::format("gate on {}", fmt::join(gate_addresses_, ", "));
  if (local_->port() != 0) text += fmt::format("; local on 127.0.0.1:{}", local_->port());
  const std::string trouble = ledger_->trouble();
  if (!ledger_->opened()) {
    text += "; carts are refused, the ledger is not open: " + local::why_not_open(trouble);
  } else if (!trouble.empty()) {
    text += "; carts are refused: " + trouble;
  } else if (const auto refused = ledger_->carts_refused(); !refused.empty()) {
    text += "; carts are refused, the ledger is damaged: " + refused;
  }
  for (const auto& wait : disk_waits()) {
    if (wait.inside >= DiskTime::slow)
      text += fmt::format("; the {} thread waits for the disk", wait.thread);
  }
  const sync::SyncStatus sync = sync_->status();
  if (sync.cache.condition == store::CacheCondition::stand_in)
    text += "; a stand-in is used for the shopper cache";
  if (sync.cache.condition == store::CacheCondition::damaged)
    text += "; the shopper cache is damaged, a new one is being filled";
  if (sync.cloud.configured && !sync.cloud.open) text += "; cloud not reachable";
  if (sync.payments.configured && !sync.payments.open) text += "; JWO payments not reachable";
  return text;
}

}  // namespace gatehouse::process
