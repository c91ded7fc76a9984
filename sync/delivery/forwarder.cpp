#include "sync/delivery/forwarder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/delivery/delivery_choice.hpp"
#include "sync/delivery/due.hpp"

namespace gatehouse::sync {
namespace {

using Order = store::LedgerReader::Order;
using Due = std::vector<store::DueDelivery>;

constexpr milliseconds pause_after_refusal{1'000};
/// A record that the disk does not give now is asked for again after this.
constexpr milliseconds unreadable_pause{60'000};

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
      recorder_(port, clock) {}

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
  const auto busy_before = busy_.size();
  for (const auto& delivery : *chosen) begin(delivery);
  if (busy_.size() == busy_before + slots) return SteadyTime::max();
  const auto next_due = reader_.next_delivery_due(lane_.lane());
  if (!next_due) return ledger_failed(next_due.error());
  ledger_error_.clear();
  return look_again(*next_due, clock_);
}

SteadyTime Forwarder::ledger_failed(const Error& error) {
  ledger_error_ = error.message;
  return clock_.steady() + pause_after_refusal;
}

Result<std::vector<store::DueDelivery>> Forwarder::due(std::size_t slots) {
  // Those in flight are still pending on disk, so as many more are asked for.
  const auto limit = slots + busy_.size() + quarantine_.size();
  const auto now = clock_.wall();
  auto newest = reader_.due_deliveries(lane_.lane(), now, due_wait_max, Order::newest_first, limit);
  Result<Due> oldest;
  if (!newest || newest->size() == limit) {  // else the other end of the list is the same list
    oldest = reader_.due_deliveries(lane_.lane(), now, due_wait_max, Order::oldest_first, limit);
  }
  // An index that is damaged at one end is read from the other.
  if (!newest && !oldest) return newest;
  auto live = std::move(newest).value_or(Due{});
  auto backlog = std::move(oldest).value_or(Due{});
  const auto out = [this](const store::DueDelivery& each) { return is_out(each); };
  if (destination_.closed_until()) return choose_probe(std::move(live), std::move(backlog), out);
  return choose(std::move(live), std::move(backlog), slots, started_, out);
}

bool Forwarder::is_out(const store::DueDelivery& due) const {
  return busy_.contains(due.trip_sequence) || quarantine_.holds(due.id, clock_.steady());
}

void Forwarder::begin(const store::DueDelivery& due) {
  auto delivery = reader_.delivery(due);
  if (!delivery && delivery.error().remedy == Remedy::repair) {
    return set_aside(due, "it was not sent, for it is damaged: " + delivery.error().message);
  }
  if (!delivery) {
    return keep_out(due.id, clock_.steady() + unreadable_pause, delivery.error().message);
  }
  quarantine_.remove(due.id);
  start(*std::move(delivery));
}

void Forwarder::set_aside(const store::DueDelivery& due, std::string reason) {
  const auto trip = due.trip_sequence;
  busy_[trip].delivery.id = due.id;
  recorder_.commit([id = due.id, reason = std::move(reason), at = clock_.wall()](
                       store::Ledger& ledger) { return ledger.set_aside_damaged(id, reason, at); },
                   [this, trip](const Result<>& result) { put_aside(trip, result); });
}

void Forwarder::put_aside(std::int64_t trip, const Result<>& result) {
  if (!result) keep_out(busy_.at(trip).delivery.id, SteadyTime::max(), result.error().message);
  busy_.erase(trip);
}

void Forwarder::keep_out(std::int64_t id, SteadyTime until, std::string reason) {
  ledger_error_ = reason;
  if (quarantine_.add(id, until, std::move(reason))) return;
  paused_until_ = clock_.steady() + pause_after_refusal;
}

void Forwarder::start(store::Delivery delivery) {
  const auto trip = delivery.trip_sequence;
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
  recorder_.commit([attempt](store::Ledger& ledger) { return ledger.record_attempt(attempt); },
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
  const auto id = busy_.at(trip).delivery.id;
  busy_.erase(trip);
  if (result) return;
  if (result.error().remedy == Remedy::repair) {
    // Sent again, it would end here again: with the same key, and for ever.
    return keep_out(id, SteadyTime::max(), result.error().message);
  }
  // The ledger does not know this record any more: its word stands, after a pause.
  ledger_error_ = result.error().message;
  paused_until_ = clock_.steady() + pause_after_refusal;
}

}  // namespace gatehouse::sync
