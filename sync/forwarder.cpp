#include "sync/forwarder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/delivery_choice.hpp"
#include "sync/due.hpp"

namespace gatehouse::sync {
namespace {

using Order = store::LedgerReader::Order;

constexpr milliseconds pause_after_refusal{1'000};

store::DeliveryState state_after(Verdict verdict) {
  switch (verdict) {
    case Verdict::delivered:
      return store::DeliveryState::delivered;
    case Verdict::refused:
      return store::DeliveryState::set_aside;
    case Verdict::retry:
    case Verdict::locked_out:
      return store::DeliveryState::pending;
  }
  return store::DeliveryState::pending;
}

}  // namespace

Forwarder::Forwarder(const DeliveryLane& lane, store::LedgerReader& reader, LedgerPort& port,
                     Transport& transport, const Clock& clock, Chance chance)
    : lane_(lane),
      reader_(reader),
      transport_(transport),
      clock_(clock),
      destination_(clock, std::move(chance)),
      recorder_(port, clock),
      began_at_(clock.wall()) {}

Forwarder::~Forwarder() {
  for (const auto& [trip, busy] : busy_) {
    if (busy.request != 0) transport_.cancel(busy.request);
  }
}

DestinationStatus Forwarder::status() const {
  DestinationStatus status = destination_.status();
  status.configured = lane_.configured();
  if (auto missing = lane_.what_is_missing(); status.configured && !missing.empty()) {
    status.open = false;
    status.last_error = std::move(missing);
  } else if (status.last_error.empty()) {
    status.last_error = ledger_error_;
  }
  return status;
}

SteadyTime Forwarder::turn() {
  const SteadyTime recording = recorder_.turn();
  if (stopping_ || !lane_.configured() || !lane_.what_is_missing().empty()) return recording;
  if (clock_.steady() < paused_until_) return std::min(recording, paused_until_);
  return std::min(recording, start_due());
}

SteadyTime Forwarder::start_due() {
  const auto free = lane_.max_in_flight() - std::min(busy_.size(), lane_.max_in_flight());
  const auto slots = destination_.allowance(free);
  if (slots == 0) {
    return free == 0 ? SteadyTime::max() : destination_.closed_until().value_or(SteadyTime::max());
  }
  auto chosen = due(slots);
  if (!chosen) return ledger_failed(chosen.error());
  const auto started = chosen->size();
  for (auto& delivery : *chosen) start(std::move(delivery));
  if (started == slots) return SteadyTime::max();
  const auto next_due = reader_.next_delivery_due(lane_.lane());
  if (!next_due) return ledger_failed(next_due.error());
  ledger_error_.clear();
  return look_again(*next_due, clock_);
}

SteadyTime Forwarder::ledger_failed(const Error& error) {
  ledger_error_ = error.message;
  return clock_.steady() + pause_after_refusal;
}

Result<std::vector<store::Delivery>> Forwarder::due(std::size_t slots) {
  // Those in flight are still pending on disk, so as many more are asked for.
  const auto limit = slots + busy_.size();
  const auto now = clock_.wall();
  auto newest = reader_.due_deliveries(lane_.lane(), now, due_wait_max, Order::newest_first, limit);
  if (!newest) return newest;
  Result<std::vector<store::Delivery>> oldest;
  if (newest->size() == limit) {  // else the other end of the list is the same list
    oldest = reader_.due_deliveries(lane_.lane(), now, due_wait_max, Order::oldest_first, limit);
    if (!oldest) return oldest;
  }
  const auto is_busy = [this](std::int64_t trip) { return busy_.contains(trip); };
  if (destination_.closed_until()) {
    return choose_probe(*std::move(newest), *std::move(oldest), is_busy);
  }
  return choose(*std::move(newest), *std::move(oldest), slots, started_, is_busy);
}

void Forwarder::start(store::Delivery delivery) {
  const auto trip = delivery.trip_sequence;
  // It may have been in flight when the process before this one ended.
  if (delivery.created_at < began_at_) delivery.unclear = true;
  auto& busy = busy_[trip];
  busy = {.delivery = std::move(delivery)};
  ++started_;
  destination_.started();
  busy.request = transport_.start(lane_.request(busy.delivery),
                                  [this, trip](const Reply& reply) { answered(trip, reply); });
}

void Forwarder::answered(std::int64_t trip, const Reply& reply) {
  auto& busy = busy_.at(trip);
  busy.request = 0;
  auto judgement = lane_.judge(busy.delivery, reply);
  if (judgement.verdict == Verdict::refused && !destination_.believes_refusal(busy.delivery.id)) {
    judgement.verdict = Verdict::retry;
    judgement.reason += fmt::format(
        "; {} others before it were refused without one success between", RefusalRun::believed_max);
  }
  const auto delay = settle_destination(busy, judgement, reply);
  const auto now = clock_.wall();
  store::DeliveryAttempt attempt{.delivery_id = busy.delivery.id,
                                 .state = state_after(judgement.verdict),
                                 .at = now,
                                 .next_attempt_at = now + delay,
                                 .reason = std::move(judgement.reason),
                                 .charge = std::nullopt,
                                 .unclear = judgement.unclear};
  if (judgement.verdict == Verdict::delivered) lane_.take_answer(busy.delivery, reply, attempt);
  recorder_.commit([attempt](store::Ledger& ledger) { return ledger.record(attempt); },
                   [this, trip](const Result<>& result) { recorded(trip, result); });
}

milliseconds Forwarder::settle_destination(const Busy& busy, const Judgement& judgement,
                                           const Reply& reply) {
  switch (judgement.verdict) {
    case Verdict::delivered:
      destination_.succeeded();
      return milliseconds{0};
    case Verdict::refused:
      destination_.refused(fmt::format("record {}: {}", busy.delivery.id, judgement.reason));
      return milliseconds{0};
    case Verdict::retry:
    case Verdict::locked_out:
      return destination_.failed(
          {.record = busy.delivery.id,
           .failures = busy.delivery.attempts + 1,
           .certain = reply.sent == Sent::no || judgement.verdict == Verdict::locked_out,
           .throttled = judgement.throttled,
           .retry_after = reply.retry_after,
           .reason = judgement.reason});
  }
  return milliseconds{0};
}

void Forwarder::recorded(std::int64_t trip, const Result<>& result) {
  if (!result) {
    // The ledger does not know this record any more: its word stands, after a pause.
    ledger_error_ = result.error().message;
    paused_until_ = clock_.steady() + pause_after_refusal;
  }
  busy_.erase(trip);
}

}  // namespace gatehouse::sync
