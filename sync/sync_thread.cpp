#include "sync/sync_thread.hpp"

#include <pthread.h>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "store/turns/computing.hpp"
#include "store/values/mutex.hpp"
#include "store/values/result.hpp"
#include "sync/engine.hpp"

namespace gatehouse::sync {

struct SyncThread::State {
  State(SyncOptions options, ServedCache cache, store::LedgerThread& ledger, const Clock& clock,
        Chance chance)
      : options_(std::move(options)),
        cache_(std::move(cache)),
        ledger_(ledger),
        clock_(clock),
        chance_(std::move(chance)) {
    status_.cache.condition = cache_->home.condition();
    status_.cache.reason = cache_->home.reason();
  }

  void run();
  void publish(Computing& computing);

  SyncOptions options_;
  std::optional<ServedCache> cache_;  ///< until the engine takes it
  store::LedgerThread& ledger_;
  const Clock& clock_;
  Chance chance_;

  std::atomic<bool> clock_confirmed_ = false;
  std::atomic<SteadyTime> synced_at_{SteadyTime::min()};  ///< min: not in this run
  std::uint64_t syncs_ = 0;                               ///< as the feed said last
  DiskTime disk_time_;
  Turns turns_{&disk_time_};
  std::atomic<bool> stopping_ = false;
  std::atomic<milliseconds> grace_{milliseconds{0}};
  mutable Mutex mutex_;
  SyncStatus status_ GUARDED_BY(mutex_);

  std::unique_ptr<Engine> engine_;
  std::atomic<Engine*> running_ = nullptr;  ///< for other threads, which may come before start()
  std::thread thread_;
};

void SyncThread::State::publish(Computing& computing) {
  auto now = engine_->status();
  clock_confirmed_ = now.clock.verdict.state == ClockState::confirmed;
  if (now.feed.syncs != std::exchange(syncs_, now.feed.syncs)) synced_at_ = clock_.steady();
  {
    const MutexLock lock(mutex_);
    status_ = std::move(now);
  }
  turns_.count(clock_.steady(), computing.lap());  // who sees the first turn finds what it said
}

void SyncThread::State::run() {
  pthread_setname_np(pthread_self(), "sync");
  disk_time_.count_this_thread();
  Computing computing;
  while (!stopping_) {
    const auto next = engine_->turn();
    publish(computing);
    engine_->wait_until(next);
  }
  engine_->drain(clock_.steady() + grace_.load());
  publish(computing);
}

SyncThread::SyncThread(SyncOptions options, ServedCache cache, store::LedgerThread& ledger,
                       const Clock& clock, Chance chance)
    : state_(std::make_unique<State>(std::move(options), std::move(cache), ledger, clock,
                                     std::move(chance))) {}

SyncThread::~SyncThread() {
  stop(milliseconds{0});
}

Result<> SyncThread::start() {
  State& state = *state_;
  state.cache_->stopping = &state.stopping_;
  auto engine = Engine::open(state.options_, *std::move(state.cache_), state.ledger_, state.clock_,
                             state.chance_);
  state.cache_.reset();
  if (!engine) return propagate(std::move(engine), "starting the sync thread");
  state.engine_ = *std::move(engine);
  state.running_ = state.engine_.get();
  state.turns_.begin(state.clock_.steady());
  state.thread_ = std::thread([&state] { state.run(); });
  return {};
}

void SyncThread::stop(milliseconds grace) {
  if (!state_->thread_.joinable()) return;
  state_->grace_ = grace;
  state_->stopping_ = true;
  wake();
  state_->thread_.join();
}

void SyncThread::wake() {
  if (const Engine* engine = state_->running_) engine->wake();
}

SyncStatus SyncThread::status() const {
  MutexLock lock(state_->mutex_);
  return state_->status_;
}

bool SyncThread::clock_confirmed() const noexcept {
  return state_->clock_confirmed_;
}

std::optional<SteadyTime> SyncThread::synced_at() const noexcept {
  const SteadyTime at = state_->synced_at_;
  return at == SteadyTime::min() ? std::nullopt : std::optional(at);
}

const Turns& SyncThread::turning() const noexcept {
  return state_->turns_;
}

const DiskTime& SyncThread::disk_time() const noexcept {
  return state_->disk_time_;
}

void SyncThread::ask(std::string path, std::string body, milliseconds deadline,
                     std::function<void(std::optional<std::string>)> done) {
  Engine* engine = state_->running_;
  if (engine == nullptr) return done(std::nullopt);
  // A copy of `done`: what the engine takes no more is dropped, and answered here.
  Question question{std::move(path), std::move(body), state_->clock_.steady() + deadline, done};
  if (!engine->ask(std::move(question))) done(std::nullopt);
}

void SyncThread::take_back(store::CacheReader reader) {
  if (Engine* engine = state_->running_) engine->take_back(std::move(reader));
}

void SyncThread::reload(SyncOptions options) {
  if (Engine* engine = state_->running_) engine->reload(std::move(options));
}

}  // namespace gatehouse::sync
