#include "sync/delivery/sender.hpp"

#include <utility>

namespace gatehouse::sync {

Sender::Sender(const Surroundings& surroundings)
    : clock_(surroundings.clock),
      destination_(surroundings.clock, surroundings.chance),
      recorder_(surroundings.port, surroundings.clock) {}

DestinationStatus Sender::status(bool configured, std::string missing) const {
  DestinationStatus status = destination_.status();
  status.configured = configured;
  if (const auto closed_until = destination_.closed_until()) {
    const bool under_way = *closed_until == SteadyTime::max();
    const auto wait = under_way ? SteadyTime::duration::zero() : *closed_until - clock_.steady();
    status.next_probe_in = std::max(std::chrono::ceil<milliseconds>(wait), milliseconds{0});
  }
  if (configured && !missing.empty()) {
    status.open = false;
    status.setting_missing = true;
    status.last_error = std::move(missing);
  } else if (status.last_error.empty()) {
    status.last_error = ledger_error_;
  }
  return status;
}

SteadyTime Sender::ledger_failed(const Error& error) {
  ledger_error_ = error.message;
  return clock_.steady() + pause_after_refusal;
}

void Sender::pause(std::string reason) {
  ledger_error_ = std::move(reason);
  paused_until_ = clock_.steady() + pause_after_refusal;
}

void Sender::keep_out(std::int64_t id, SteadyTime until, std::string reason,
                      std::optional<WallTime> due_at) {
  ledger_error_ = reason;
  if (!quarantine_.add(id, until, std::move(reason), due_at)) pause(ledger_error_);
}

int Sender::untimely(std::int64_t id, bool again) {
  constexpr std::size_t remembered_max = 4'096;  // beyond it, all begin anew
  if (!again) {
    untimely_.erase(id);
    return 0;
  }
  if (untimely_.size() >= remembered_max && !untimely_.contains(id)) untimely_.clear();
  return ++untimely_[id];
}

bool Sender::keeps_out(std::int64_t id, std::optional<WallTime> due_at) const {
  return quarantine_.holds(id, clock_.steady(), due_at);
}

}  // namespace gatehouse::sync
