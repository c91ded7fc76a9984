#include "sync/clock/clock_watch.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sync {
namespace {

milliseconds lead_of(const Clock& clock) {
  return std::chrono::floor<milliseconds>(clock.wall().time_since_epoch() -
                                          clock.steady().time_since_epoch());
}

}  // namespace

ClockWatch::ClockWatch(Transport& transport, LedgerPort& port, const Clock& clock,
                       const KernelClock& kernel)
    : transport_(transport),
      clock_(clock),
      kernel_(kernel),
      recorder_(port, clock),
      unconfirmed_since_(kernel.since_boot()),
      quiet_since_(unconfirmed_since_) {}

std::uint64_t ClockWatch::start(Request request, Done done) {
  auto host = distant_host(request.url);
  if (host.empty()) return transport_.start(std::move(request), std::move(done));
  auto watching = [this, host = std::move(host), done = std::move(done)](Reply reply) {
    if (reply.sent == Sent::answered && reply.clock_ahead) {
      const auto steps = status_.steps;
      look_for_step();
      // After a step it would be a word about another clock.
      if (status_.steps == steps) {
        evidence_.heard(host, *reply.clock_ahead, kernel_.since_boot());
      }
    }
    done(std::move(reply));
  };
  return transport_.start(std::move(request), std::move(watching));
}

void ClockWatch::ledger_is_open(const Result<std::optional<WallTime>>& confirmed,
                                milliseconds behind, std::optional<milliseconds> lead) {
  look_for_step();
  opened_at_ = kernel_.since_boot();
  may_note_ = confirmed.has_value();
  if (confirmed && *confirmed) evidence_.remember(**confirmed);
  // Nobody has seen a step of the time between.
  if (lead) behind += std::max(*lead - lead_of(clock_), milliseconds{0});
  if (behind >= step_min) bring_forward(behind);
}

SteadyTime ClockWatch::turn() {
  const SteadyTime recording = recorder_.turn();
  look_for_step();
  const milliseconds since_boot = kernel_.since_boot();
  if (!kernel_asked_at_ || since_boot >= *kernel_asked_at_ + kernel_asked_every) {
    kernel_asked_at_ = since_boot;
    evidence_.kernel_says(kernel_.is_synchronised());
  }
  evidence_.pass(since_boot);
  const WallTime now = clock_.wall();
  status_.verdict = evidence_.judge(now);
  status_.kernel_synchronised = evidence_.kernel_synchronised();
  status_.newest_confirmed = evidence_.newest_confirmed();
  if (status_.verdict.state == ClockState::confirmed) unconfirmed_since_ = since_boot;
  status_.unconfirmed_for = since_boot - unconfirmed_since_;
  status_.is_plausible = is_plausible(since_boot);
  const bool confirmed = status_.verdict.state == ClockState::confirmed;
  const bool due = opened_at_ && since_boot >= confirm_opening_at_;
  if (confirmed && due) confirm_opening(now, since_boot);
  if (evidence_.should_note(now)) note_confirmed(now, since_boot);
  return std::min(recording, clock_.steady() + std::chrono::seconds{1});
}

bool ClockWatch::is_plausible(milliseconds since_boot) const {
  const auto& verdict = status_.verdict;
  if (verdict.state != ClockState::doubtful) return verdict.state == ClockState::confirmed;
  const std::size_t signs = verdict.hosts_for + (status_.kernel_synchronised ? 1 : 0);
  if (verdict.far_off || verdict.hosts_against > signs) return false;
  const bool stepped = stepped_at_ && since_boot < *stepped_at_ + step_grace;
  return !stepped && (signs > 0 || since_boot >= quiet_since_ + quiet_grace);
}

void ClockWatch::look_for_step() {
  constexpr milliseconds adjacent_max{100};
  const milliseconds since_boot = kernel_.since_boot();
  const WallTime wall = clock_.wall();
  // Where this thread was held up between the two, they say nothing.
  if (kernel_.since_boot() - since_boot > adjacent_max) return;
  const milliseconds lead = wall.time_since_epoch() - since_boot;
  const auto before = std::exchange(lead_, lead);
  if (!before || std::chrono::abs(lead - *before) < step_min) return;
  evidence_.stepped();
  kernel_asked_at_.reset();
  stepped_at_ = quiet_since_ = since_boot;
  ++status_.steps;
  status_.last_step = lead - *before;
  if (status_.last_step.count() < 0) bring_forward(-status_.last_step);
}

/// One at a time, and each part in a commit of its own: what is damaged costs no other, and a clock
/// that flaps costs no more. What the ledger does not take within a minute comes due by itself.
void ClockWatch::bring_forward(milliseconds by) {
  if (!opened_at_) return;  // ledger_is_open() tells of it
  if (bringing_ > 0) {
    to_bring_ += by;
    return;
  }
  const WallTime now = clock_.wall();
  const SteadyTime until = clock_.steady() + std::chrono::minutes{1};
  for (const auto part : store::Ledger::forward_parts) {
    ++bringing_;
    recorder_.commit(
        [&clock = clock_, now, by, part, until](store::Ledger& ledger) -> Result<> {
          return clock.steady() < until ? ledger.bring_forward(part, now, by) : Result<>{};
        },
        [this](const Result<>&) {
          if (--bringing_ > 0 || to_bring_.count() == 0) return;
          bring_forward(std::exchange(to_bring_, milliseconds{0}));
        });
  }
}

void ClockWatch::confirm_opening(WallTime now, milliseconds since_boot) {
  confirm_opening_at_ = milliseconds::max();
  const WallTime opened_at = now - (since_boot - *opened_at_);
  recorder_.commit(
      [opened_at, now](store::Ledger& ledger) { return ledger.confirm_opening(opened_at, now); },
      [this](const Result<>& result) {
        if (!result) confirm_opening_at_ = kernel_.since_boot() + pause_after_damage;
      });
}

void ClockWatch::note_confirmed(WallTime now, milliseconds since_boot) {
  if (!opened_at_ || noting_ || !may_note_) return;
  noting_ = true;
  recorder_.commit([now](store::Ledger& ledger) { return ledger.note_confirmed_time(now); },
                   [this, now, since_boot](const Result<>& result) {
                     noting_ = false;
                     // What the ledger does not take now is written down an hour later.
                     (void)result;
                     evidence_.remember(now, since_boot);
                     // A ledger that was opened anew may have noted something since.
                     confirm_opening_at_ = milliseconds{0};
                   });
}

}  // namespace gatehouse::sync
