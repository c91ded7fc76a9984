#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/configuration/model/configuration.hpp"
#include "daemon/http/server.hpp"
#include "daemon/local/facts/flaw_log.hpp"
#include "daemon/local/local_api.hpp"
#include "daemon/local/warnings/warning_watch.hpp"
#include "daemon/process/listen.hpp"
#include "daemon/process/notify.hpp"
#include "store/turns/turns.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::process {

/// Serves the local API on a loop and a thread of its own, so that no listing ever delays a scan,
/// and logs the warnings that come and go.
class LocalThread {
 public:
  LocalThread(local::LocalOptions options, std::filesystem::path ledger_file,
              store::LedgerThread& writer, local::Metrics& metrics, local::FactsSource facts,
              const Clock& clock);
  ~LocalThread();

  /// Opens `local.listen` (or takes over the socket that systemd passed as "local") for reading,
  /// and the control socket (or "control") for everything.
  /// Gives the addresses of those taken over.
  [[nodiscard]] Result<PassedAddresses> listen(const configuration::Local& options,
                                               const std::vector<PassedSocket>& passed);
  void start();
  /// Closes everything and joins. Idempotent.
  void stop();

  /// Counts up while the loop turns: the watchdog's proof of progress. From any thread.
  [[nodiscard]] const Turns& turning() const noexcept { return turns_; }
  /// What the thread waits for the disk. From any thread.
  [[nodiscard]] const DiskTime& disk_time() const noexcept { return disk_time_; }
  /// The port of local.listen, 0 where there is none.
  [[nodiscard]] std::uint16_t port() const { return reading_.port(); }

 private:
  /// `late`: how much after its time, which is how long the loop computed before it.
  void turn(std::chrono::nanoseconds late);
  void watch_later();
  void log_changes(const std::vector<local::Warning>& warnings);

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  local::LocalApi api_;
  http::Server reading_;
  http::Server control_;
  boost::asio::steady_timer watch_timer_{loop_};
  local::WarningWatch watch_;
  int looks_ = 0;
  local::FlawLog flaw_log_;
  boost::asio::steady_timer ticker_{loop_};
  DiskTime disk_time_;
  Turns turns_{&disk_time_};
  std::thread thread_;
};

}  // namespace gatehouse::process
