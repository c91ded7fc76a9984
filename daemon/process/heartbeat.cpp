#include "daemon/process/heartbeat.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "daemon/log/log.hpp"
#include "daemon/process/notify.hpp"
#include "daemon/process/patience.hpp"

namespace gatehouse::process {
namespace {

constexpr milliseconds interval_max{500};
// Without a watchdog a stalled thread is still worth a line in the log.
constexpr milliseconds stall_without_watchdog{10'000};

milliseconds share_of_watchdog(int divisor, milliseconds otherwise) {
  const auto period = watchdog_period();
  return period ? std::chrono::floor<milliseconds>(*period / divisor) : otherwise;
}

}  // namespace

Heartbeat::Heartbeat(std::vector<Watched> threads, std::move_only_function<std::string()> status,
                     std::string announced, const Clock& clock)
    : threads_(std::move(threads)),
      status_(std::move(status)),
      announced_(std::move(announced)),
      clock_(clock),
      watchdog_(watchdog_period().has_value()),
      interval_(std::min(share_of_watchdog(4, interval_max), interval_max)),
      progress_(clock.steady()) {
  const milliseconds stall_max =
      std::max(share_of_watchdog(2, stall_without_watchdog), turn_patience);
  for (const Watched& watched : threads_) {
    progress_.watch(watched.thread, std::max(stall_max, watched.patience));
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Heartbeat::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  do {
    beat();
  } while (!stopped_.wait_for(lock, stop, interval_, [&stop] { return stop.stop_requested(); }));
}

void Heartbeat::beat() {
  const SteadyTime now = clock_.steady();
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    const DiskTime* disk = threads_[i].disk;
    progress_.observe(i, threads_[i].turns(), disk != nullptr ? disk->spent(now) : milliseconds{0},
                      now);
  }
  // One stands still: systemd takes the process down and starts it again, at once. To be silent
  // until its own patience is over would double the time that carts wait.
  std::string stalled = fmt::format("{}", fmt::join(progress_.stalled(now), ", "));
  if (stalled.empty() && watchdog_) notify_alive();
  if (stalled != stalled_) {
    stalled_ = std::move(stalled);
    if (stalled_.empty()) {
      log::info("all threads make progress again");
    } else {
      log::error("no progress on thread {}", stalled_);
      if (watchdog_) notify_hung();
    }
  }
  if (std::string text = status_(); text != announced_) {
    announced_ = std::move(text);
    notify_status(announced_);
  }
}

}  // namespace gatehouse::process
