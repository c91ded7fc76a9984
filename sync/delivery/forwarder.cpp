#include "sync/delivery/forwarder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/delivery/due.hpp"

namespace gatehouse::sync {
namespace {

using Order = store::LedgerReader::Order;
using Due = std::vector<store::DueDelivery>;

/// So many refusals from before a start are remembered: far more than a run takes.
constexpr std::size_t remembered_max = 100;

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

Forwarder::Forwarder(const DeliveryLane& lane, const Surroundings& surroundings)
    : lane_(lane),
      reader_(surroundings.reader),
      transport_(surroundings.transport),
      clock_(surroundings.clock),
      sender_(surroundings) {}

Forwarder::~Forwarder() {
  for (const auto& [trip, busy] : busy_) {
    if (busy.request != 0) transport_.cancel(busy.request);
  }
}

DestinationStatus Forwarder::status() const {
  DestinationStatus status = sender_.status(lane_.configured(), lane_.what_is_missing());
  sender_.add_waits(busy_, status);
  return status;
}

SteadyTime Forwarder::turn() {
  const bool may_start = lane_.configured() && lane_.what_is_missing().empty();
  return sender_.turn(may_start, [this] { return start_due(); });
}

// By the wall clock, which may have been set meanwhile: then the run begins anew.
Result<> Forwarder::remember_refusals() {
  if (std::exchange(remembers_, true)) return {};
  const auto now = clock_.wall();
  const auto refused = reader_.refused_since(now - RefusalRun::window, remembered_max);
  if (!refused) return propagate(refused);
  for (const store::RefusedDelivery& each : *refused) {
    if (each.at > now || store::lane_of(each.kind) != lane_.lane()) continue;
    const auto ago = now - each.at;
    sender_.destination().remember_refusal({.record = each.id,
                                            .trip_id = each.trip_id,
                                            .kind = static_cast<int>(each.kind),
                                            .status = each.status},
                                           clock_.steady() - ago);
  }
  return {};
}

SteadyTime Forwarder::start_due() {
  // What cannot be read is not remembered: a person retries it.
  if (const Result<> known = remember_refusals(); !known) {
    return sender_.ledger_failed(known.error());
  }
  const auto free = lane_.max_in_flight() - std::min(busy_.size(), lane_.max_in_flight());
  const auto& destination = sender_.destination();
  const auto slots = destination.allowance(free);
  if (slots == 0) {
    return free == 0 ? SteadyTime::max() : destination.closed_until().value_or(SteadyTime::max());
  }
  auto chosen = due(slots);
  if (!chosen) return sender_.ledger_failed(chosen.error());
  const auto busy_before = busy_.size();
  for (const auto& delivery : *chosen) begin(delivery);
  if (busy_.size() == busy_before + slots) return SteadyTime::max();
  const auto next_due = reader_.next_delivery_due(lane_.lane());
  if (!next_due) return sender_.ledger_failed(next_due.error());
  sender_.ledger_was_read();
  return look_again(*next_due, clock_);
}

Result<std::vector<store::DueDelivery>> Forwarder::due(std::size_t slots) {
  // Those in flight are still pending on disk, so as many more are asked for, and one more for a
  // probe that is not the last one again.
  const auto limit = slots + 1 + busy_.size() + sender_.quarantine().size();
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
  if (sender_.destination().closed_until()) {
    auto probe = choose_probe(std::move(live), std::move(backlog), probe_, out);
    if (!probe.empty()) probe_ = {.number = probe_.number + 1, .last = probe.front().id};
    return probe;
  }
  return choose(std::move(live), std::move(backlog), slots, started_, out);
}

bool Forwarder::is_out(const store::DueDelivery& due) const {
  return busy_.contains(due.trip_sequence) || sender_.keeps_out(due.id, due.next_attempt_at);
}

void Forwarder::begin(const store::DueDelivery& due) {
  auto delivery = reader_.delivery(due);
  // It was withdrawn since it was chosen.
  if (!delivery && delivery.error().remedy == Remedy::reject) return;
  if (!delivery && delivery.error().remedy == Remedy::repair) {
    return set_aside(due, "it was not sent, for it is damaged: " + delivery.error().message);
  }
  if (!delivery) {
    return keep_out(due, clock_.steady() + unreadable_pause, delivery.error().message);
  }
  sender_.let_in(due.id);
  start(due, *std::move(delivery));
}

void Forwarder::keep_out(const store::DueDelivery& due, SteadyTime until, std::string reason) {
  sender_.keep_out(due.id, until, std::move(reason), due.next_attempt_at);
}

void Forwarder::set_aside(const store::DueDelivery& due, std::string reason) {
  const auto trip = due.trip_sequence;
  busy_[trip] = {.due = due, .wait = sender_.wait()};
  sender_.recorder().commit(
      [id = due.id, reason = std::move(reason), at = clock_.wall()](store::Ledger& ledger) {
        return ledger.set_aside_damaged(id, reason, at);
      },
      [this, trip](const Result<>& result) { on_set_aside(trip, result); });
}

void Forwarder::on_set_aside(std::int64_t trip, const Result<>& result) {
  if (!result) {
    keep_out(busy_.at(trip).due, SteadyTime::max(), result.error().message);
  }
  busy_.erase(trip);
}

void Forwarder::start(const store::DueDelivery& due, store::Delivery delivery) {
  const auto trip = delivery.trip_sequence;
  auto& busy = busy_[trip];
  busy = {.due = due, .delivery = std::move(delivery)};
  ++started_;
  sender_.destination().started();
  auto request = lane_.request(busy.delivery);
  busy.wait = sender_.wait(request.timeout);
  busy.request = transport_.start(std::move(request),
                                  [this, trip](const Reply& reply) { on_reply(trip, reply); });
}

void Forwarder::on_reply(std::int64_t trip, const Reply& reply) {
  auto& busy = busy_.at(trip);
  busy.request = 0;
  busy.wait = sender_.wait();
  auto judgement = lane_.judge(busy.delivery, reply);
  const bool may_be_a_run = judgement.verdict == Verdict::refused && !judgement.of_its_trip;
  if (may_be_a_run) doubt_refusal(busy.delivery, reply, judgement);
  const auto delay = settle_destination(busy, judgement, reply);
  const auto now = clock_.wall();
  store::DeliveryAttempt attempt{.delivery_id = busy.delivery.id,
                                 .state = state_after(judgement.verdict),
                                 .at = now,
                                 .next_attempt_at = now + delay,
                                 .reason = std::move(judgement.reason),
                                 .charge = std::nullopt,
                                 .unclear = judgement.unclear,
                                 .conflict = judgement.conflict,
                                 .refused_status = judgement.of_its_trip ? 0 : reply.status};
  attempt.counts = !judgement.no_attempt;
  if (judgement.verdict == Verdict::delivered) lane_.take_answer(busy.delivery, reply, attempt);
  sender_.recorder().commit(
      [attempt](store::Ledger& ledger) { return ledger.record_attempt(attempt); },
      [this, trip](const Result<>& result) { on_recorded(trip, result); });
}

void Forwarder::doubt_refusal(const store::Delivery& delivery, const Reply& reply,
                              Judgement& judgement) {
  auto& destination = sender_.destination();
  const int kind = static_cast<int>(delivery.kind);
  if (destination.believes_refusal({.record = delivery.id,
                                    .trip_id = delivery.trip_id,
                                    .kind = kind,
                                    .status = reply.status})) {
    return;
  }
  judgement.verdict = Verdict::locked_out;
  judgement.reason += "; so it answers for one trip after the other, without a success between";
  for (const auto& before : destination.take_back_refused(kind)) {
    // One that cannot be taken back stays set aside, where a person sees it.
    sender_.recorder().commit(
        [id = before.record, at = clock_.wall()](store::Ledger& ledger) -> Result<> {
          auto taken_back = ledger.retry(id, at);
          if (!taken_back) return propagate(std::move(taken_back));
          return {};
        },
        [](const Result<>&) {});
  }
}

milliseconds Forwarder::settle_destination(const Busy& busy, const Judgement& judgement,
                                           const Reply& reply) {
  auto& destination = sender_.destination();
  const int untimely = sender_.untimely(busy.delivery.id, judgement.no_attempt);
  switch (judgement.verdict) {
    case Verdict::delivered:
      destination.succeeded(static_cast<int>(busy.delivery.kind));
      return milliseconds{0};
    case Verdict::refused:
      destination.refused(fmt::format("record {}: {}", busy.delivery.id, judgement.reason));
      return milliseconds{0};
    case Verdict::retry:
    case Verdict::locked_out:
      return destination.failed(
          {.record = busy.delivery.id,
           .failures = busy.delivery.attempts + std::max(untimely, 1),
           .certain = reply.sent == Sent::no || judgement.verdict == Verdict::locked_out,
           .throttled = judgement.throttled,
           .retry_after = reply.retry_after,
           .reason = judgement.reason});
  }
  return milliseconds{0};
}

void Forwarder::on_recorded(std::int64_t trip, const Result<>& result) {
  const auto due = busy_.at(trip).due;
  busy_.erase(trip);
  if (result) return;
  if (result.error().remedy == Remedy::repair) {
    // Sent again, it would end here again: with the same key, and for ever.
    return keep_out(due, SteadyTime::max(), result.error().message);
  }
  // The ledger does not know this record any more: its word stands, after a pause.
  sender_.pause(result.error().message);
}

}  // namespace gatehouse::sync
