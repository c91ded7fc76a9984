#include "daemon/local/view/status_json.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "daemon/local/parts/part_table.hpp"
#include "daemon/local/view/gap_json.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(const std::optional<WallTime>& time) {
  return time ? Json(rfc3339(*time)) : Json(nullptr);
}

Json age_or_null(WallTime now, const std::optional<WallTime>& since) {
  if (!since) return nullptr;
  return std::max<std::int64_t>(std::chrono::floor<std::chrono::seconds>(now - *since).count(), 0);
}

std::string_view health(const std::vector<Warning>& warnings) {
  // The worst comes first.
  if (warnings.empty() || warnings.front().severity == Severity::notice) return "ok";
  return to_text(warnings.front().severity);
}

Json warnings_json(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& warning : warnings) {
    list.push_back({{"code", warning.code},
                    {"severity", to_text(warning.severity)},
                    {"part", to_text(bearing_of(warning.code).part)},
                    {"text", warning.text}});
  }
  return list;
}

Json parts_json(const Parts& parts) {
  Json list = Json::array();
  for (const PartState& state : parts) {
    list.push_back({{"part", to_text(state.part)},
                    {"state", to_text(state.condition)},
                    {"since", time_or_null(state.since)},
                    {"code", state.code},
                    {"text", state.text}});
  }
  return list;
}

Json counts_json(const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  Json object = Json::object();
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

/// By value of store::CacheCondition. Never renamed.
constexpr std::array<std::string_view, 3> condition_names{"well", "damaged", "stand_in"};

Json cache_json(const Facts& facts) {
  const sync::FeedStatus& feed = facts.process.sync.feed;
  const sync::CacheStatus& cache = facts.process.sync.cache;
  return {{"shoppers", feed.shoppers},
          {"complete", feed.position.complete},
          {"syncedAt", time_or_null(feed.position.synced_at)},
          {"ageSeconds", age_or_null(facts.now, feed.position.synced_at)},
          {"condition", condition_names[static_cast<std::size_t>(cache.condition)]},
          {"conditionSince", time_or_null(cache.since)},
          {"reason", cache.reason},
          {"changesBeside", cache.changes_beside},
          {"replacements", cache.replacements}};
}

Json disk_json(const SpaceFacts& space) {
  const auto& measured = space.measured;
  const auto& growth = space.growth_bytes_a_day;
  return {{"freeBytes", measured ? Json(measured->free_bytes) : Json(nullptr)},
          {"sizeBytes", measured ? Json(measured->total_bytes) : Json(nullptr)},
          {"growthBytesPerDay", growth ? Json(*growth) : Json(nullptr)},
          {"reserveBytes", space.reserve_bytes},
          {"reserveTrouble", space.reserve_trouble}};
}

Json flaws_json(const sync::FlawTally& flaws) {
  Json object = Json::object();
  for (std::size_t i = 0; i < sync::feed_flaw_count; ++i) {
    object[std::string(sync::feed_flaw_names[i])] = flaws.counts[i];
  }
  return object;
}

Json last_flawed_json(const sync::FlawTally& flaws) {
  Json list = Json::array();
  for (const auto& [number, at, row] : flaws.last) {
    list.push_back({{"at", rfc3339(at)},
                    {"flaw", sync::feed_flaw_names[static_cast<std::size_t>(row.flaw)]},
                    {"id", row.id},
                    {"seq", row.seq},
                    {"text", row.wrong}});
  }
  return list;
}

Json feed_json(const sync::FeedStatus& feed) {
  return {{"configured", feed.configured},
          {"changesApplied", feed.changes_applied},
          {"documentsIgnored", feed.documents_ignored},
          {"documentsUnclear", feed.unclear.documents},
          {"shoppersUnclear", feed.unclear.shoppers},
          {"rowsFlawed", flaws_json(feed.flaws)},
          {"lastFlawed", last_flawed_json(feed.flaws)},
          {"rebuilding", feed.rebuilding},
          {"lastError", feed.last_error}};
}

Json refused_carts_json(const store::RefusedCounts& refused) {
  return {{"kept", refused.kept},
          {"bytes", refused.bytes},
          {"waiting", refused.waiting},
          {"recently", refused.recently},
          {"lastAt", time_or_null(refused.last_at)},
          {"notKept", refused.not_kept},
          {"notKeptAt", time_or_null(refused.not_kept_at)}};
}

Json deliveries_json(const Facts& facts) {
  const store::LedgerCounts& ledger = facts.ledger;
  return {{"pending", ledger.pending},
          {"pendingRefunds", ledger.pending_refunds},
          {"pendingReports", ledger.pending_reports},
          {"delivered", ledger.delivered},
          {"setAside", ledger.set_aside},
          {"damaged", ledger.damaged},
          {"keyConflicts", ledger.key_conflicts},
          {"oldestPendingAt", time_or_null(ledger.oldest_pending_at)},
          {"oldestPendingAgeSeconds", age_or_null(facts.now, ledger.oldest_pending_at)}};
}

Json settlement_json(const Facts& facts) {
  const store::LedgerCounts& ledger = facts.ledger;
  std::optional<WallTime> deadline = ledger.oldest_uncharged_trip_at;
  if (deadline) *deadline += facts.process.charge_window;
  return {{"enabled", facts.process.settles},
          {"open", ledger.settlement_open},
          {"awaitingPrice", ledger.awaiting_price},
          {"captured", ledger.captured},
          {"cancelled", ledger.cancelled},
          {"declined", ledger.declined},
          {"held", ledger.held},
          {"capturesUnclear", ledger.captures_unclear},
          {"decisionsRefused", ledger.decisions_refused},
          {"oldestUnclearTripAt", time_or_null(ledger.oldest_unclear_trip_at)},
          {"evidenceUnsound", ledger.evidence_unsound > 0},
          {"expired", ledger.expired},
          {"checkedOut", ledger.checked_out},
          {"notGranted", ledger.not_granted},
          {"settledElsewhere", ledger.settled_elsewhere},
          {"writtenOff", ledger.written_off},
          {"oldestUnchargedTripAt", time_or_null(ledger.oldest_uncharged_trip_at)},
          {"chargeDeadlineAt", time_or_null(deadline)}};
}

Json destination_json(const sync::DestinationStatus& destination) {
  return {{"configured", destination.configured},
          {"reachable", destination.open},
          {"inFlight", destination.in_flight},
          {"longestWaitSeconds",
           destination.longest_wait
               ? Json(std::chrono::floor<std::chrono::seconds>(*destination.longest_wait).count())
               : Json(nullptr)},
          {"successes", destination.successes},
          {"failures", destination.failures},
          {"lastSuccessAt", time_or_null(destination.last_success_at)},
          {"lastFailureAt", time_or_null(destination.last_failure_at)},
          {"lastError", destination.last_error},
          {"nextProbeInSeconds",
           destination.next_probe_in
               ? Json(std::chrono::ceil<std::chrono::seconds>(*destination.next_probe_in).count())
               : Json(nullptr)}};
}

Json clock_json(const sync::ClockStatus& clock) {
  const auto& verdict = clock.verdict;
  return {{"state", to_text(verdict.state)},
          {"hostsThatAgree", verdict.hosts_for},
          {"hostsThatDisagree", verdict.hosts_against},
          {"aheadSeconds", verdict.ahead ? Json(verdict.ahead->count()) : Json(nullptr)},
          {"kernelSynchronised", clock.kernel_synchronised},
          {"newestConfirmedAt", time_or_null(clock.newest_confirmed)},
          {"unconfirmedSeconds",
           std::chrono::floor<std::chrono::seconds>(clock.unconfirmed_for).count()},
          {"steps", clock.steps},
          {"lastStepMilliseconds", clock.last_step.count()}};
}

Json credentials_json(const sync::CredentialStatus& keys, WallTime now) {
  Json left = nullptr;
  if (keys.expires_at) {
    left = std::chrono::floor<std::chrono::seconds>(*keys.expires_at - now).count();
  }
  return {{"needed", keys.wanted},
          {"source", keys.source},
          {"role", keys.role},
          {"usable", keys.usable},
          {"issuedAt", time_or_null(keys.issued_at)},
          {"expiresAt", time_or_null(keys.expires_at)},
          {"expiresInSeconds", std::move(left)},
          {"lastError", keys.last_error},
          {"usedFor", keys.used_for}};
}

Json own_credentials_json(const Facts& facts) {
  Json own = Json::object();
  const sync::SyncStatus& sync = facts.process.sync;
  for (const auto& [whose, keys] :
       {std::pair{"feed", &sync.feed_credentials}, {"cloud", &sync.cloud_credentials}}) {
    if (keys->wanted) own[whose] = credentials_json(*keys, facts.now);
  }
  return own;
}

Json gate_json(const Facts& facts) {
  const ProcessFacts& process = facts.process;
  Json gate{{"listening", process.gate_listening},
            {"connections", process.gate_connections},
            {"bodyBytes", process.gate_body_bytes},
            {"bodiesRefused", process.gate_bodies_refused},
            {"bodiesRefusedAt", time_or_null(process.gate_bodies_refused_at)}};
  for (const auto& [calls, answers] : facts.gate) gate[calls] = counts_json(answers);
  gate["cartsRefused"] = counts_json(facts.carts.kept_or_not);
  gate["cartsTurnedAway"] = {{"unauthorised", facts.carts.unauthorised},
                             {"tooLarge", facts.carts.too_large},
                             {"lastAt", time_or_null(facts.carts.turned_away_at)}};
  return gate;
}

}  // namespace

Json status_json(const Facts& facts, const Health& judged) {
  const ProcessFacts& process = facts.process;
  return {{"version", process.version},
          {"storeId", process.store_id},
          {"now", rfc3339(facts.now)},
          {"startedAt", rfc3339(process.started_at)},
          {"uptimeSeconds", age_or_null(facts.now, process.started_at)},
          {"health", health(judged.warnings)},
          {"parts", parts_json(judged.parts)},
          {"warnings", warnings_json(judged.warnings)},
          {"gate", gate_json(facts)},
          {"cache", cache_json(facts)},
          {"feed", feed_json(process.sync.feed)},
          {"disk", disk_json(process.space)},
          {"ledger",
           {{"name", store::ledger_name(facts.ledger.mark)},
            {"trips", facts.ledger.trips},
            {"differingCarts", facts.ledger.differing_carts},
            {"open", process.ledger_open},
            {"trouble", process.ledger_trouble},
            {"damage", ledger_damage(facts)},
            {"quarantined", process.sync.damage.quarantined},
            {"refusedCarts", refused_carts_json(facts.ledger.refused)},
            {"witnessTrouble", process.witness_trouble},
            {"gap", gap_json(facts.ledger.gap)},
            {"withheldCharges", withheld_json(facts.ledger.withheld)}}},
          {"deliveries", deliveries_json(facts)},
          {"settlement", settlement_json(facts)},
          {"credentials", credentials_json(process.sync.credentials, facts.now)},
          {"ownCredentials", own_credentials_json(facts)},
          {"clock", clock_json(process.sync.clock)},
          {"destinations",
           {{"cloud", destination_json(process.sync.cloud)},
            {"payments", destination_json(process.sync.payments)},
            {"refunds", destination_json(process.sync.refunds)},
            {"reports", destination_json(process.sync.reports)}}}};
}

}  // namespace gatehouse::local
