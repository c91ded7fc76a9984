#include "daemon/local/changes/when_sent.hpp"

#include <fmt/format.h>

#include <array>

#include "daemon/local/facts/facts.hpp"
#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

struct Target {
  store::Lane lane;
  const char* name;
  const char* words;
  const char* setting;  ///< without which nothing goes there
  const sync::DestinationStatus sync::SyncStatus::* status;
};

constexpr std::array targets{
    Target{store::Lane::cloud, "cloud", "the cloud", "cloud.url is set", &sync::SyncStatus::cloud},
    Target{store::Lane::amazon, "refunds", "Amazon's payment service",
           "jwo.settlement is \"payment\"", &sync::SyncStatus::refunds},
    Target{store::Lane::feedback, "reports", "Amazon's payment status service",
           "jwo.report_payment_status is true", &sync::SyncStatus::reports},
};

const Target& target_of(store::DeliveryKind kind) {
  for (const Target& each : targets) {
    if (each.lane == store::lane_of(kind)) return each;
  }
  return targets.front();
}

std::string probe_text(const Target& target, const sync::DestinationStatus& to) {
  const milliseconds wait = to.next_probe_in.value_or(milliseconds{0});
  return fmt::format(
      "once {} accepts records again ({}). One record at a time is tried until then, {}; it need "
      "not be this one",
      target.words, error_or("it cannot be reached", to),
      wait.count() > 0 ? fmt::format("the next in {}", age_text(wait + milliseconds{999}))
                       : "one right now");
}

}  // namespace

const char* destination_of(store::DeliveryKind kind) {
  return target_of(kind).name;
}

WhenSent when_sent(store::DeliveryKind kind, std::optional<std::int64_t> behind, bool others_wait,
                   const sync::SyncStatus& sync) {
  const Target& target = target_of(kind);
  const sync::DestinationStatus& to = sync.*target.status;
  if (!to.configured) return {"when_configured", fmt::format("once {}", target.setting)};
  if (to.setting_missing) {
    return {"when_configured", fmt::format("once what is missing is set: {}", to.last_error)};
  }
  if (behind) {
    return {"after_record", fmt::format("after record {} of its trip, which waits too", *behind)};
  }
  if (!to.open) return {"after_probe", probe_text(target, to)};
  if (others_wait) {
    return {"in_turn", fmt::format("now, in turn with what else waits for {}: the newest and the "
                                   "oldest first",
                                   target.words)};
  }
  return {"now", "now"};
}

}  // namespace gatehouse::local
