#include "daemon/local/view/fact_metrics.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "daemon/local/parts/readiness.hpp"

namespace gatehouse::local {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

struct Sample {
  Labels labels;
  double value;
};

MetricFamily family(MetricType type, std::string name, std::string help,
                    const std::vector<Sample>& samples) {
  MetricFamily made{"gatehouse_" + std::move(name), std::move(help), type, {}};
  for (const Sample& sample : samples) {
    ClientMetric metric;
    metric.label = sample.labels;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
    made.metric.push_back(std::move(metric));
  }
  return made;
}

MetricFamily gauge(std::string name, std::string help, const std::vector<Sample>& samples) {
  return family(MetricType::Gauge, std::move(name), std::move(help), samples);
}
MetricFamily counter(std::string name, std::string help, const std::vector<Sample>& samples) {
  return family(MetricType::Counter, std::move(name), std::move(help), samples);
}

template <class Number>
double real(Number number) {
  return static_cast<double>(number);
}

double unix_seconds(WallTime time) {
  return real(to_unix_ms(time)) / 1000;
}

std::vector<Sample> time_sample(const std::optional<WallTime>& time) {
  if (!time) return {};
  return {{{}, unix_seconds(*time)}};
}

void append_process(const Facts& facts, std::vector<MetricFamily>& out) {
  const ProcessFacts& process = facts.process;
  out.push_back(
      gauge("build_info", "The version that runs.", {{{{"version", process.version}}, 1}}));
  out.push_back(gauge("start_time_seconds", "When the daemon started, in Unix time.",
                      {{{}, unix_seconds(process.started_at)}}));
  out.push_back(gauge("gate_connections", "Open connections at the gate.",
                      {{{}, real(process.gate_connections)}}));
  out.push_back(gauge("gate_body_bytes",
                      "Memory held by large request bodies at the gate; above 64 MiB further ones "
                      "are answered 503.",
                      {{{}, real(process.gate_body_bytes)}}));
}

void append_disk(const std::vector<DiskWait>& waits, std::vector<MetricFamily>& out) {
  std::vector<Sample> inside;
  std::vector<Sample> spent;
  for (const DiskWait& wait : waits) {
    const Labels thread{{"thread", std::string(wait.thread)}};
    inside.push_back({thread, real(wait.inside.count()) / 1000});
    spent.push_back({thread, real(wait.spent.count()) / 1000});
  }
  out.push_back(gauge("disk_wait_seconds",
                      "How long the call to the disk that a thread is in has taken so far.",
                      inside));
  out.push_back(counter("disk_seconds_total",
                        "Time that a thread has spent in calls that may wait for the disk.",
                        spent));
}

void append_turns(const std::vector<ThreadTurn>& threads, std::vector<MetricFamily>& out) {
  std::vector<Sample> longest;
  std::vector<Sample> long_ones;
  for (const ThreadTurn& turn : threads) {
    const Labels thread{{"thread", std::string(turn.thread)}};
    longest.push_back({thread, std::chrono::duration<double>(turn.longest).count()});
    long_ones.push_back({thread, real(turn.long_ones)});
  }
  out.push_back(gauge("longest_turn_seconds",
                      "How long a thread has computed without a break, at most, since the start.",
                      longest));
  out.push_back(counter("long_turns_total",
                        "How often a thread has computed for more than 100 ms without a break.",
                        long_ones));
}

void append_condition(const sync::CacheStatus& cache, std::vector<MetricFamily>& out) {
  using store::CacheCondition;
  const auto is = [&cache](CacheCondition which) { return cache.condition == which ? 1.0 : 0.0; };
  out.push_back(gauge("cache_damaged",
                      "1 while the cache is damaged and another one is filled beside it.",
                      {{{}, is(CacheCondition::damaged)}}));
  out.push_back(gauge("cache_stand_in", "1 while a cache in memory stands in for cache.db.",
                      {{{}, is(CacheCondition::stand_in)}}));
  out.push_back(counter("cache_replacements_total", "How often another cache took over.",
                        {{{}, real(cache.replacements)}}));
}

void append_space(const SpaceFacts& space, std::vector<MetricFamily>& out) {
  if (space.measured) {
    out.push_back(gauge("disk_free_bytes", "Free space on the disk of store.state_dir.",
                        {{{}, real(space.measured->free_bytes)}}));
    out.push_back(
        gauge("disk_size_bytes", "Size of that disk.", {{{}, real(space.measured->total_bytes)}}));
  }
  std::vector<Sample> growth;
  if (space.growth_bytes_a_day) growth.push_back({{}, real(*space.growth_bytes_a_day)});
  out.push_back(gauge("disk_growth_bytes_per_day",
                      "How fast that disk fills, by the last 24 h. Absent for the first 6 h.",
                      growth));
  out.push_back(gauge("disk_reserve_bytes",
                      "Space that is kept for carts; 0 once it was given up for them.",
                      {{{}, real(space.reserve_bytes)}}));
}

void append_cache(const sync::FeedStatus& feed, std::vector<MetricFamily>& out) {
  out.push_back(gauge("cache_shoppers", "Shoppers in the cache.", {{{}, real(feed.shoppers)}}));
  out.push_back(gauge("cache_complete", "1 once the feed has been read to its end.",
                      {{{}, feed.position.complete ? 1.0 : 0.0}}));
  out.push_back(gauge("cache_synced_time_seconds",
                      "Time of the last complete sync with the feed, in Unix time.",
                      time_sample(feed.position.synced_at)));
  out.push_back(counter("feed_changes_applied_total", "Changes of the feed put into the cache.",
                        {{{}, real(feed.changes_applied)}}));
  out.push_back(counter("feed_documents_ignored_total",
                        "Documents of the feed with an unknown type.",
                        {{{}, real(feed.documents_ignored)}}));
  std::vector<Sample> flaws;
  for (std::size_t i = 0; i < sync::feed_flaw_count; ++i) {
    flaws.push_back(
        {{{"flaw", std::string(sync::feed_flaw_names[i])}}, real(feed.flaws.counts[i])});
  }
  out.push_back(counter("feed_rows_flawed_total",
                        "Rows of the feed that were skipped or used in part, by error.", flaws));
  out.push_back(gauge("feed_documents_unclear", "Documents whose newest version cannot be parsed.",
                      {{{}, real(feed.unclear.documents)}}));
  out.push_back(gauge("feed_shoppers_unclear", "Shoppers that are rejected for that.",
                      {{{}, real(feed.unclear.shoppers)}}));
  out.push_back(gauge("feed_rebuilding", "1 while the feed is being read again from its start.",
                      {{{}, feed.rebuilding ? 1.0 : 0.0}}));
  out.push_back(gauge("feed_failing", "1 while the feed fails.",
                      {{{}, feed.last_error.empty() ? 0.0 : 1.0}}));
}

void append_ledger(const Facts& facts, std::vector<MetricFamily>& out) {
  const store::LedgerCounts& ledger = facts.ledger;
  out.push_back(gauge("ledger_trips", "Trips in the ledger.", {{{}, real(ledger.trips)}}));
  out.push_back(gauge("ledger_differing_carts",
                      "Carts sent again for a known trip with different contents.",
                      {{{}, real(ledger.differing_carts)}}));
  out.push_back(
      gauge("ledger_refused_carts", "Carts answered 400 that are kept, by state.",
            {{{{"state", "waiting"}}, real(ledger.refused.waiting)},
             {{{"state", "forwarded"}}, real(ledger.refused.kept - ledger.refused.waiting)}}));
  out.push_back(gauge("ledger_refused_carts_bytes", "Size of the carts answered 400 that are kept.",
                      {{{}, real(ledger.refused.bytes)}}));
  out.push_back(counter("ledger_refused_carts_not_kept_total",
                        "Carts answered 400 that were beyond the limits of what is kept.",
                        {{{}, real(ledger.refused.not_kept)}}));
  out.push_back(counter("ledger_refused_carts_dropped_total",
                        "Carts answered 400 that a person has dropped.",
                        {{{}, real(ledger.refused.dropped)}}));
  out.push_back(gauge("ledger_deliveries", "Deliveries to the cloud in the ledger, by state.",
                      {{{{"state", "pending"}}, real(ledger.pending)},
                       {{{"state", "delivered"}}, real(ledger.delivered)},
                       {{{"state", "set_aside"}}, real(ledger.set_aside)},
                       {{{"state", "withdrawn"}}, real(ledger.withdrawn)}}));
  const auto to_cloud = ledger.pending - ledger.pending_refunds - ledger.pending_reports;
  out.push_back(gauge("ledger_deliveries_waiting", "Pending deliveries, by destination.",
                      {{{{"destination", "cloud"}}, real(to_cloud)},
                       {{{"destination", "refunds"}}, real(ledger.pending_refunds)},
                       {{{"destination", "reports"}}, real(ledger.pending_reports)}}));
  out.push_back(gauge("ledger_deliveries_damaged",
                      "Deliveries set aside because their part of the ledger is damaged.",
                      {{{}, real(ledger.damaged)}}));
  out.push_back(gauge("ledger_oldest_pending_time_seconds",
                      "Time when the oldest pending delivery was created, in Unix time.",
                      time_sample(ledger.oldest_pending_at)));
  out.push_back(gauge("ledger_history_gap",
                      "1 while a gap in the ledger's history is not accepted.",
                      {{{}, ledger.gap && store::withholds(ledger.gap->kind) ? 1.0 : 0.0}}));
  out.push_back(gauge("ledger_charges_withheld",
                      "Open charges that are withheld because they may have been made before.",
                      {{{}, real(ledger.withheld.count)}}));
  // awaiting_price is a part of open.
  out.push_back(gauge("ledger_settlements", "Charges in the ledger, by state.",
                      {{{{"state", "open"}}, real(ledger.settlement_open)},
                       {{{"state", "captured"}}, real(ledger.captured)},
                       {{{"state", "cancelled"}}, real(ledger.cancelled)},
                       {{{"state", "declined"}}, real(ledger.declined)},
                       {{{"state", "held"}}, real(ledger.held)},
                       {{{"state", "expired"}}, real(ledger.expired)},
                       {{{"state", "checked_out"}}, real(ledger.checked_out)},
                       {{{"state", "not_granted"}}, real(ledger.not_granted)},
                       {{{"state", "settled_elsewhere"}}, real(ledger.settled_elsewhere)},
                       {{{"state", "written_off"}}, real(ledger.written_off)}}));
  out.push_back(gauge("ledger_settlements_awaiting_price", "Open charges that have no price yet.",
                      {{{}, real(ledger.awaiting_price)}}));
  out.push_back(gauge("ledger_decisions_refused",
                      "Decisions of the payments desk of the last days that were not carried out.",
                      {{{}, real(ledger.decisions_refused)}}));
  out.push_back(gauge("ledger_captures_unclear",
                      "Captures with unknown outcome, including held ones.",
                      {{{}, real(ledger.captures_unclear)}}));
  out.push_back(gauge("ledger_evidence_unsound",
                      "1 if a reconciliationId was found to be no sign of a capture.",
                      {{{}, ledger.evidence_unsound > 0 ? 1.0 : 0.0}}));
  out.push_back(gauge("ledger_oldest_unclear_trip_time_seconds",
                      "Start of the oldest trip with a capture of unknown outcome, in Unix time.",
                      time_sample(ledger.oldest_unclear_trip_at)));
  out.push_back(gauge("ledger_oldest_uncharged_trip_time_seconds",
                      "Start of the oldest trip with an open charge, in Unix time.",
                      time_sample(ledger.oldest_uncharged_trip_at)));
  std::optional<WallTime> deadline = ledger.oldest_uncharged_trip_at;
  if (deadline) *deadline += facts.process.charge_window;
  out.push_back(gauge("ledger_charge_deadline_time_seconds",
                      "End of the time to charge that trip, in Unix time.", time_sample(deadline)));
}

void append_damage(const Facts& facts, std::vector<MetricFamily>& out) {
  out.push_back(gauge("ledger_damaged", "1 if damage to the ledger was found since the start.",
                      {{{}, ledger_damage(facts).empty() ? 0.0 : 1.0}}));
  out.push_back(gauge("ledger_quarantined",
                      "Deliveries and charges that damage blocks and that could not be set aside.",
                      {{{}, real(facts.process.sync.damage.quarantined)}}));
}

void append_destinations(const sync::SyncStatus& sync, std::vector<MetricFamily>& out) {
  const std::pair<const char*, const sync::DestinationStatus&> all[] = {{"cloud", sync.cloud},
                                                                        {"payments", sync.payments},
                                                                        {"refunds", sync.refunds},
                                                                        {"reports", sync.reports}};
  std::vector<Sample> reachable;
  std::vector<Sample> in_flight;
  std::vector<Sample> waits;
  std::vector<Sample> requests;
  for (const auto& [name, destination] : all) {
    if (!destination.configured) continue;
    const ClientMetric::Label label{"destination", name};
    reachable.push_back({{label}, destination.open ? 1.0 : 0.0});
    in_flight.push_back({{label}, real(destination.in_flight)});
    const milliseconds wait = destination.longest_wait.value_or(milliseconds{0});
    waits.push_back({{label}, real(wait.count()) / 1000});
    requests.push_back({{label, {"result", "success"}}, real(destination.successes)});
    requests.push_back({{label, {"result", "failure"}}, real(destination.failures)});
  }
  out.push_back(gauge("destination_reachable", "0 while the circuit breaker is open.", reachable));
  out.push_back(gauge("destination_in_flight", "Requests under way.", in_flight));
  out.push_back(gauge("destination_longest_wait_seconds",
                      "How long the oldest request under way has waited, for its answer or for the "
                      "ledger to record it.",
                      waits));
  out.push_back(counter("destination_requests_total", "Requests that ended, by result.", requests));
}

/// Those of [aws] have no label `for`: they were there first.
void append_credentials(const Facts& facts, std::vector<MetricFamily>& out) {
  const sync::SyncStatus& sync = facts.process.sync;
  std::vector<Sample> usable;
  std::vector<Sample> failing;
  std::vector<Sample> left;
  for (const auto& [whose, keys] : {std::pair{"", &sync.credentials},
                                    {"feed", &sync.feed_credentials},
                                    {"cloud", &sync.cloud_credentials}}) {
    if (!keys->wanted) continue;
    Labels labels;
    if (*whose != '\0') labels.push_back({"for", whose});
    failing.push_back({labels, keys->last_error.empty() ? 0.0 : 1.0});
    if (keys->expires_at) {
      left.push_back({labels, real((*keys->expires_at - facts.now).count()) / 1000});
    }
    labels.push_back({"source", keys->source});
    usable.push_back({std::move(labels), keys->usable ? 1.0 : 0.0});
  }
  out.push_back(
      gauge("credentials_usable", "1 while there are AWS credentials, not expired.", usable));
  out.push_back(gauge("credentials_renewal_failing",
                      "1 if the last attempt to obtain or renew AWS credentials failed.", failing));
  out.push_back(gauge("credentials_expire_in_seconds",
                      "Time until the AWS credentials in use expire. Absent if they do not expire.",
                      left));
}

void append_expiries(const ProcessFacts& process, std::vector<MetricFamily>& out) {
  std::vector<Sample> samples;
  const auto append = [&](const Expiry& expiry) {
    if (!expiry.expires_at) return;
    samples.push_back({{{"what", expiry.what}}, unix_seconds(*expiry.expires_at)});
  };
  if (process.archive_key) append(*process.archive_key);
  std::ranges::for_each(process.certificates, append);
  out.push_back(gauge("expires_timestamp_seconds",
                      "When a certificate, or the key of the package repository, expires, in Unix "
                      "time.",
                      samples));
}

void append_clock(const sync::ClockStatus& clock, std::vector<MetricFamily>& out) {
  std::vector<Sample> states;
  for (const auto state :
       {sync::ClockState::doubtful, sync::ClockState::confirmed, sync::ClockState::wrong}) {
    states.push_back(
        {{{"state", std::string(to_text(state))}}, clock.verdict.state == state ? 1.0 : 0.0});
  }
  out.push_back(gauge("clock_state", "1 for the state of this machine's clock.", states));
  std::vector<Sample> ahead;
  if (clock.verdict.ahead) ahead.push_back({{}, real(clock.verdict.ahead->count())});
  out.push_back(gauge("clock_ahead_seconds",
                      "How far the clock is ahead, by the median of the hosts that answered.",
                      ahead));
  out.push_back(
      counter("clock_steps_total", "How often the clock was set.", {{{}, real(clock.steps)}}));
}

void append_parts(const Parts& parts, std::vector<MetricFamily>& out) {
  std::vector<Sample> samples;
  for (const PartState& state : parts) {
    samples.push_back(
        {{{"part", std::string(to_text(state.part))}}, real(std::to_underlying(state.condition))});
  }
  out.push_back(gauge("part_state", "0 while a part is well, 1: degraded, 2: failed.", samples));
}

void append_health(const Facts& facts, const std::vector<Warning>& warnings,
                   std::vector<MetricFamily>& out) {
  out.push_back(gauge("ready", "1 while /readyz answers 200.",
                      {{{}, unready_reasons(facts).empty() ? 1.0 : 0.0}}));
  std::vector<Sample> samples;
  for (const Severity severity : {Severity::notice, Severity::warning, Severity::critical}) {
    const auto count = std::ranges::count(warnings, severity, &Warning::severity);
    samples.push_back({{{"severity", std::string(to_text(severity))}}, real(count)});
  }
  out.push_back(gauge("warnings", "Warnings in `gatehouse status`, by severity.", samples));
}

}  // namespace

std::vector<MetricFamily> fact_metrics(const Facts& facts, const Health& health) {
  std::vector<MetricFamily> out;
  append_process(facts, out);
  append_disk(facts.process.disk, out);
  append_turns(facts.process.threads, out);
  append_space(facts.process.space, out);
  append_cache(facts.process.sync.feed, out);
  append_condition(facts.process.sync.cache, out);
  out.push_back(gauge("ledger_open", "0 while the ledger cannot be opened and carts are refused.",
                      {{{}, facts.process.ledger_open ? 1.0 : 0.0}}));
  out.push_back(gauge("ledger_witness_failing", "1 while the ledger's witness cannot be written.",
                      {{{}, facts.process.witness_trouble.empty() ? 0.0 : 1.0}}));
  if (facts.ledger_unreadable.empty()) append_ledger(facts, out);
  append_damage(facts, out);
  append_destinations(facts.process.sync, out);
  append_credentials(facts, out);
  append_clock(facts.process.sync.clock, out);
  append_expiries(facts.process, out);
  append_parts(health.parts, out);
  append_health(facts, health.warnings, out);
  std::erase_if(out, [](const MetricFamily& family) { return family.metric.empty(); });
  return out;
}

}  // namespace gatehouse::local
