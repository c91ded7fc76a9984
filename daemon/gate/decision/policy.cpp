#include "daemon/gate/decision/policy.hpp"

namespace gatehouse::gate {

ScanDecision decide(CacheFinding finding, bool stale, const ScanPolicy& policy) {
  const bool believed = !(stale && policy.reject_when_stale);
  const Verdict otherwise = policy.may_ask_cloud ? Verdict::ask_cloud : Verdict::reject;
  switch (finding) {
    case CacheFinding::blocked:
      return {Verdict::reject, ScanOutcome::blocked};
    case CacheFinding::expired:
      return {Verdict::reject, ScanOutcome::expired};
    case CacheFinding::failed:
      return {otherwise, ScanOutcome::cache_failed};
    case CacheFinding::unknown:
      return {otherwise, believed ? ScanOutcome::unknown : ScanOutcome::stale};
    case CacheFinding::active:
      break;
  }
  if (believed) return {Verdict::accept, ScanOutcome::accepted};
  return {Verdict::reject, ScanOutcome::stale};
}

bool is_fresh(WallTime made_at, WallTime event_at, milliseconds age_max) {
  return event_at - made_at <= age_max && made_at - event_at <= age_max;
}

bool is_stale(const CacheAge& age, milliseconds stale_after) {
  if (stale_after == milliseconds{0}) return false;
  if (age.in_step_before) return *age.in_step_before > stale_after;
  if (!age.synced_at) return true;
  return (age.wall_confirmed ? age.wall - *age.synced_at : age.open_for) > stale_after;
}

std::optional<store::SettlementState> first_settlement(store::Entry entry, bool empty,
                                                       sync::SettlementMode mode) {
  if (mode == sync::SettlementMode::none || entry != store::Entry::card) return std::nullopt;
  if (!empty) return store::SettlementState::awaiting_price;
  if (mode == sync::SettlementMode::checkout) return std::nullopt;
  return store::SettlementState::cancel_due;
}

}  // namespace gatehouse::gate
