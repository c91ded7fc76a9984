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

  State(LedgerPort& port, const Clock& clock) : port_(port), clock_(clock) {}

  void hand_over(std::uint64_t id) {
    Job& job = jobs_.at(id);
    job.again_at = SteadyTime::max();
    // The answer may come after we are gone: then nobody wants it.
    port_.commit(job.work, [weak = weak_from_this(), id](Result<> result) {
      if (const auto self = weak.lock()) self->answered(id, std::move(result));
    });
  }

  void answered(std::uint64_t id, Result<> result) {
    const auto found = jobs_.find(id);
    if (is_final(result, found->second)) {
      Done done = std::move(found->second.done);
      jobs_.erase(found);
      return done(std::move(result));
    }
    Job& job = found->second;
    job.again_at = clock_.steady() + job.pause;
    job.pause = std::min(job.pause * 2, pause_max);
  }

  static bool is_final(const Result<>& result, Job& job) {
    if (result || result.error().remedy == Remedy::reject) return true;
    return result.error().remedy == Remedy::repair && ++job.damage_met >= damage_tries_max;
  }

  LedgerPort& port_;
  const Clock& clock_;
  std::map<std::uint64_t, Job> jobs_;
  std::uint64_t last_id_ = 0;
};

Recorder::Recorder(LedgerPort& port, const Clock& clock)
    : state_(std::make_shared<State>(port, clock)) {}

void Recorder::commit(Work work, Done done) {
  const auto id = ++state_->last_id_;
  state_->jobs_.emplace(id, State::Job{std::move(work), std::move(done)});
  state_->hand_over(id);
}

SteadyTime Recorder::turn() {
  const auto now = state_->clock_.steady();
  SteadyTime next = SteadyTime::max();
  for (auto& [id, job] : state_->jobs_) {
    if (job.again_at <= now) {
      state_->hand_over(id);
    } else {
      next = std::min(next, job.again_at);
    }
  }
  return next;
}

}  // namespace gatehouse::sync
