#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/process/progress.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/time.hpp"

namespace gatehouse::process {

/// A thread whose counter must move, and where to read it (thread-safe).
struct Watched {
  std::string_view thread;  ///< a literal
  std::function<std::uint64_t()> turns;
  const DiskTime* disk = nullptr;  ///< null: nobody has patience with what it waits for
  /// For how long it may stand still at least, where that is no sign of a hang.
  milliseconds patience{0};
};

/// Tells systemd that every watched thread turns (WATCHDOG=1, where WatchdogSec= is set) or that
/// one hangs (WATCHDOG=trigger, after half of WatchdogSec= but not before 2.5 s or its own
/// patience; what it waits for the disk does not count), and what the status is whenever it
/// changes. On a thread of its own, because telling can block: a service manager that is stuck must
/// not stop the gate.
class Heartbeat {
 public:
  /// Starts at once. `status` is thread-safe; `announced` is what READY came with.
  Heartbeat(std::vector<Watched> threads, std::move_only_function<std::string()> status,
            std::string announced, const Clock& clock);
  /// Ends the thread; waits while a notification is being taken.
  ~Heartbeat() = default;
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void run(const std::stop_token& stop);
  void beat();

  std::vector<Watched> threads_;
  std::move_only_function<std::string()> status_;
  std::string announced_;
  const Clock& clock_;
  bool watchdog_;
  milliseconds interval_;
  Progress progress_;
  std::string stalled_;  ///< what the log was last told of
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace gatehouse::process
