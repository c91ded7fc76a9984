#include "sync/clock/clock_watch.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sync {

ClockWatch::ClockWatch(Transport& transport, LedgerPort& port, const Clock& clock,
                       const KernelClock& kernel)
    : transport_(transport),
      clock_(clock),
      kernel_(kernel),
      recorder_(port, clock),
      unconfirmed_since_(kernel.since_boot()) {}

std::uint64_t ClockWatch::start(Request request, Done done) {
  auto host = distant_host(request.url);
  if (host.empty()) return transport_.start(std::move(request), std::move(done));
  auto watching = [this, host = std::move(host), done = std::move(done)](Reply reply) {
    if (reply.sent == Sent::answered && reply.clock_ahead) {
      // A step since the last turn would make it a word about another clock.
      look_for_step(kernel_.since_boot());
      evidence_.heard(host, *reply.clock_ahead);
    }
    done(std::move(reply));
  };
  return transport_.start(std::move(request), std::move(watching));
}

void ClockWatch::ledger_is_open(const std::optional<WallTime>& confirmed, milliseconds behind) {
  ledger_open_ = true;
  if (confirmed) evidence_.remember(*confirmed);
  if (behind >= step_min) bring_forward(behind);
}

SteadyTime ClockWatch::turn() {
  const milliseconds since_boot = kernel_.since_boot();
  const SteadyTime recording = recorder_.turn();
  look_for_step(since_boot);
  if (!kernel_asked_at_ || since_boot >= *kernel_asked_at_ + kernel_asked_every) {
    kernel_asked_at_ = since_boot;
    evidence_.kernel_says(kernel_.is_synchronised());
  }
  const WallTime now = clock_.wall();
  status_.verdict = evidence_.judge(now);
  status_.kernel_synchronised = evidence_.kernel_synchronised();
  status_.newest_confirmed = evidence_.newest_confirmed();
  const bool confirmed = status_.verdict.state == ClockState::confirmed;
  if (confirmed) unconfirmed_since_ = since_boot;
  status_.unconfirmed_for = since_boot - unconfirmed_since_;
  const bool settled = !stepped_at_ || since_boot >= *stepped_at_ + step_grace;
  status_.is_plausible = confirmed || (status_.verdict.state == ClockState::doubtful && settled &&
                                       status_.verdict.hosts_against == 0);
  if (evidence_.should_note(now)) note_confirmed(now);
  return std::min(recording, clock_.steady() + std::chrono::seconds{1});
}

void ClockWatch::look_for_step(milliseconds since_boot) {
  const milliseconds lead = clock_.wall().time_since_epoch() - since_boot;
  const auto before = std::exchange(lead_, lead);
  if (!before || std::chrono::abs(lead - *before) < step_min) return;
  evidence_.stepped();
  kernel_asked_at_.reset();
  stepped_at_ = since_boot;
  ++status_.steps;
  status_.last_step = lead - *before;
  if (status_.last_step.count() < 0) bring_forward(-status_.last_step);
}

void ClockWatch::bring_forward(milliseconds by) {
  if (!ledger_open_) return;  // the witness tells of it once there is one
  recorder_.commit(
      [now = clock_.wall(), by](store::Ledger& ledger) { return ledger.bring_forward(now, by); },
      [](const Result<>&) {});
}

void ClockWatch::note_confirmed(WallTime now) {
  if (!ledger_open_ || noting_) return;
  noting_ = true;
  recorder_.commit([now](store::Ledger& ledger) { return ledger.note_confirmed_time(now); },
                   [this, now](const Result<>& result) {
                     noting_ = false;
                     // What the ledger does not take now is written down an hour later.
                     (void)result;
                     evidence_.remember(now);
                   });
}

}  // namespace gatehouse::sync
