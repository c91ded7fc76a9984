#include "sync/credentials/lease.hpp"

#include <algorithm>

namespace gatehouse::sync {
namespace {

constexpr milliseconds margin_min = std::chrono::minutes{5};
constexpr milliseconds margin_spread = std::chrono::minutes{5};

}  // namespace

LeaseDecision decide(const Lease& lease, WallTime now, SteadyTime steady_now) {
  LeaseDecision decision;
  decision.look_again = lease_look_again_max;
  decision.usable = lease.held && (!lease.expires_at || now < *lease.expires_at);
  if (!lease.wanted) return decision;
  const auto look_by = [&decision](milliseconds wait) {
    decision.look_again = std::clamp(wait, milliseconds{0}, decision.look_again);
  };
  if (decision.usable && lease.expires_at) look_by(*lease.expires_at - now);
  if (lease.under_way) return decision;
  const bool renew = lease.renew_at && now >= *lease.renew_at;
  const bool lacking = !decision.usable || renew;
  if (lacking || lease.suspect) {
    const auto from = lacking ? lease.not_before : std::max(lease.not_before, lease.suspect_from);
    decision.fetch = steady_now >= from;
    look_by(std::chrono::ceil<milliseconds>(from - steady_now));
  } else if (lease.renew_at) {
    look_by(*lease.renew_at - now);
  }
  return decision;
}

WallTime renewal_time(WallTime now, WallTime expires_at, double chance) {
  const milliseconds life = expires_at - now;
  const auto spread = milliseconds{
      static_cast<milliseconds::rep>(chance * static_cast<double>(margin_spread.count()))};
  return expires_at - std::min(life / 2, margin_min + spread);
}

}  // namespace gatehouse::sync
