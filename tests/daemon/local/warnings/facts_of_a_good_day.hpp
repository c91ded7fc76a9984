#pragma once

#include "daemon/local/facts/facts.hpp"

namespace gatehouse::local {

/// Everything is configured, in sync and delivered: no warning at all. Tests change one thing.
inline Facts good_day() {
  using namespace std::chrono_literals;
  Facts facts;
  facts.now = WallTime{1'746'144'318'250ms};  // 2025-05-02T00:05:18.250Z
  ProcessFacts& process = facts.process;
  process.version = "1.2.3";
  process.store_id = "STORE-7";
  process.started_at = facts.now - 26h - 5min;
  process.gate_listening = {"127.0.0.1:8080"};
  process.gate_connections = 3;
  process.gate_body_bytes = 2'097'152;
  process.threads = {{.thread = "gate", .still = 200ms, .patience = 2'500ms},
                     {.thread = "ledger", .still = 400ms, .patience = 2'500ms},
                     {.thread = "sync", .still = 900ms, .patience = 2'500ms},
                     {.thread = "local", .still = 400ms, .patience = 30s}};
  process.stale_after = 24h;
  process.settles = true;
  process.has_credentials = true;
  process.sync.feed.configured = true;
  process.sync.feed.position = {"12-abc", true, facts.now - 12s};
  process.sync.feed.shoppers = 1'000'000;
  process.sync.feed.changes_applied = 1'000'200;
  process.sync.feed.documents_ignored = 2;
  process.sync.cloud = {.configured = true,
                        .successes = 301,
                        .failures = 4,
                        .last_success_at = facts.now - 1s,
                        .last_failure_at = {},
                        .last_error = ""};
  process.sync.payments = {.configured = true,
                           .in_flight = 1,
                           .successes = 98,
                           .last_success_at = {},
                           .last_failure_at = {},
                           .last_error = ""};
  process.sync.credentials = {.wanted = true,
                              .source = "iot",
                              .role = "arn:aws:iam::123456789012:role/gatehouse",
                              .usable = true,
                              .expires_at = facts.now + 52min + 500ms,
                              .issued_at = facts.now - 8min,
                              .last_error = "",
                              .used_for = "charges"};
  facts.gate = {{"scans", {{"accepted", 1204}, {"unknown", 12}}},
                {"identityKeys", {}},
                {"scanDetails", {}},
                {"shopperAuthorizations", {{"denied", 2}}},
                {"carts", {{"recorded", 301}, {"repeated", 0}}}};
  facts.ledger.mark = {"a-uuid", 2, 903};
  facts.carts.kept_or_not = {{"kept", 0}};
  facts.ledger.trips = 301;
  facts.ledger.delivered = 301;
  facts.ledger.captured = 98;
  return facts;
}

/// The same, with something to do: one charge that is held.
inline Facts eventful_day() {
  using namespace std::chrono_literals;
  Facts facts = good_day();
  facts.ledger.pending = 1;
  facts.ledger.oldest_pending_at = facts.now - 1min;
  facts.ledger.settlement_open = 1;
  facts.ledger.held = 1;
  facts.ledger.oldest_uncharged_trip_at = facts.now - 1h;
  return facts;
}

}  // namespace gatehouse::local
