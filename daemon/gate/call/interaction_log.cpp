#include "daemon/gate/call/interaction_log.hpp"

#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"

namespace gatehouse::gate {

void InteractionLog::record(const Interaction& call, SteadyTime now) {
  follow_options();
  if (per_second_ == 0 || !log::is_on(log::Level::info)) return;
  const auto suppressed = (call.status < 400 ? answered_ : refused_).pass(now);
  if (!suppressed) return;
  constexpr std::size_t reason_max = 255;
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(call.took).count();
  log::info("call route={} requestId={} tripId={} status={} durationMs={}.{:03} reason=\"{}\"{}",
            call.route, call.ids.request_id.shown(), call.ids.trip_id.shown(), call.status,
            microseconds / 1000, microseconds % 1000, printable(call.reason, reason_max),
            log::suppressed_note(*suppressed));
}

void InteractionLog::follow_options() {
  const std::size_t wanted = options_.log_calls_per_second;
  if (wanted == per_second_) return;
  per_second_ = wanted;
  if (wanted == 0) return;
  answered_ = log::LogLimit(per_second(wanted));
  refused_ = log::LogLimit(per_second(wanted));
}

}  // namespace gatehouse::gate
