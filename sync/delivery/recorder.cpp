#include "sync/delivery/recorder.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace gatehouse::sync {

struct Recorder::State : std::enable_shared_from_this<State> {
  struct Job {
    Work work;
    Done done;
    milliseconds pause = pause_min;
    int damage_met = 0;
    SteadyTime again_at = SteadyTime::max();  ///< max: handed over, its answer is to come
  };

  State(LedgerPort& ledger_port, const Clock& wall_and_steady)
      : port(ledger_port), clock(wall_and_steady) {}

  void hand_over(std::uint64_t id) {
    Job& job = jobs.at(id);
    job.again_at = SteadyTime::max();
    // The answer may come after we are gone: then nobody wants it.
    port.commit(job.work, [weak = weak_from_this(), id](Result<> result) {
      if (const auto self = weak.lock()) self->answered(id, std::move(result));
    });
  }

  void answered(std::uint64_t id, Result<> result) {
    const auto found = jobs.find(id);
    if (is_final(result, found->second)) {
      const Done done = std::move(found->second.done);
      jobs.erase(found);
      return done(std::move(result));
    }
    Job& job = found->second;
    job.again_at = clock.steady() + job.pause;
    job.pause = std::min(job.pause * 2, pause_max);
  }

  static bool is_final(const Result<>& result, Job& job) {
    if (result || result.error().remedy == Remedy::reject) return true;
    return result.error().remedy == Remedy::repair && ++job.damage_met >= damage_tries_max;
  }

  LedgerPort& port;
  const Clock& clock;
  std::map<std::uint64_t, Job> jobs;
  std::uint64_t last_id = 0;
};

Recorder::Recorder(LedgerPort& port, const Clock& clock)
    : state_(std::make_shared<State>(port, clock)) {}

void Recorder::commit(Work work, Done done) {
  const auto id = ++state_->last_id;
  state_->jobs.emplace(id, State::Job{std::move(work), std::move(done)});
  state_->hand_over(id);
}

SteadyTime Recorder::turn() {
  const auto now = state_->clock.steady();
  SteadyTime next = SteadyTime::max();
  for (auto& [id, job] : state_->jobs) {
    if (job.again_at <= now) {
      state_->hand_over(id);
    } else {
      next = std::min(next, job.again_at);
    }
  }
  return next;
}

}  // namespace gatehouse::sync
