#include "daemon/local/warnings/cart_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/age.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::local {
namespace {

using Warnings = std::vector<Warning>;

std::string ago(const Facts& facts, WallTime at) {
  return age_text(std::max(facts.now - at, milliseconds{0})) + " ago";
}

bool is_recent(const Facts& facts, const std::optional<WallTime>& at, milliseconds recently) {
  return at && facts.now - *at < recently;
}

void assess_kept(const Facts& facts, Warnings& out) {
  const store::RefusedCounts& refused = facts.ledger.refused;
  if (refused.recently == 0) return;
  const std::string last =
      !refused.last_at
          ? ""
          : fmt::format(", the last {}: trip {}, {}", ago(facts, *refused.last_at),
                        refused.last_trip.empty() ? "-" : printable(refused.last_trip, 64),
                        printable(refused.last_reason, 255));
  out.push_back(
      {"carts_refused", Severity::warning,
       fmt::format("{} carts were answered 400 in the last 7 days and are kept{}. See `gatehouse "
                   "records list --state refused`, fix the cause, and send them to the cloud with "
                   "`gatehouse records forward ID`",
                   refused.recently, last)});
}

/// By whom depends on what happened: what is full stays on disk, what the ledger could not take at
/// that moment is known since the start.
void assess_not_kept(const Facts& facts, Warnings& out) {
  const store::RefusedCounts& refused = facts.ledger.refused;
  const bool beyond = is_recent(facts, refused.not_kept_at, refused_recently);
  const bool lost = is_recent(facts, facts.carts.not_kept_at, refused_recently);
  if (!beyond && !lost) return;
  const WallTime last = std::max(refused.not_kept_at.value_or(WallTime::min()),
                                 facts.carts.not_kept_at.value_or(WallTime::min()));
  out.push_back(
      {"carts_not_kept", Severity::critical,
       fmt::format(
           "carts that were answered 400 could not be kept, the last {}: {} since the start, "
           "{} beyond the limit so far ({} are kept, {} bytes). The log has trip and reason, "
           "in a flood of some: journalctl -u gatehouse. Ask Amazon for the carts of that time, "
           "and fix the cause",
           ago(facts, last), facts.carts.not_kept, refused.not_kept, refused.kept, refused.bytes)});
}

void assess_turned_away(const Facts& facts, Warnings& out) {
  const CartRefusals& carts = facts.carts;
  if (!is_recent(facts, carts.turned_away_at, turned_away_recently)) return;
  out.push_back(
      {"carts_turned_away", Severity::warning,
       fmt::format(
           "{} requests on the path of carts were answered 401 and {} were answered 413 since "
           "the start, the last {}: if Amazon sent them, their carts are missing. Check "
           "gate.bearer_token_file against the caller, and gate.max_body",
           carts.unauthorised, carts.too_large, ago(facts, *carts.turned_away_at))});
}

}  // namespace

void assess_refused_carts(const Facts& facts, Warnings& out) {
  assess_kept(facts, out);
  assess_not_kept(facts, out);
  assess_turned_away(facts, out);
}

}  // namespace gatehouse::local
