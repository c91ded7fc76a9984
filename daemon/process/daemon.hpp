#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/configuration/load.hpp"
#include "daemon/gate/gate.hpp"
#include "daemon/http/server.hpp"
#include "daemon/local/view/metrics.hpp"
#include "daemon/process/heartbeat.hpp"
#include "daemon/process/listen.hpp"
#include "daemon/process/local_thread.hpp"
#include "daemon/process/notify.hpp"
#include "daemon/process/package_files.hpp"
#include "daemon/process/state/state_folder.hpp"
#include "store/cache/cache.hpp"
#include "store/cache/cache_home.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/space/disk_space.hpp"
#include "store/turns/turns.hpp"
#include "sync/sync_thread.hpp"

namespace gatehouse::process {

/// The composition root: every long-lived object of the daemon as a member, in the order in which
/// they are made; each may use those above it. The calling thread becomes the gate thread.
class Daemon {
 public:
  /// Opens the stores, then the listeners. Where the state folder cannot be used, scans are
  /// answered from a cache in memory and carts refused until it can be; where only the ledger
  /// cannot be opened, carts are refused. Fails where an address cannot be listened on.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>> open(
      std::filesystem::path configuration_file, configuration::Loaded loaded,
      const std::vector<PassedSocket>& passed);
  ~Daemon();

  /// Announces READY and serves until SIGTERM or SIGINT, then drains: see ARCHITECTURE.md,
  /// Shutdown. Gives the exit status.
  int run();

 private:
  Daemon(std::filesystem::path configuration_file, configuration::Loaded loaded);
  Result<> open_stores();
  Result<> open_listeners(const std::vector<PassedSocket>& passed);
  void hand_to_gate(store::CacheReader reader);
  [[nodiscard]] local::ProcessFacts facts() const;
  /// Of what needs no file: the disk may stand still.
  [[nodiscard]] local::ProcessFacts swift_facts() const;
  [[nodiscard]] std::vector<local::DiskWait> disk_waits() const;
  [[nodiscard]] std::vector<local::ThreadTurn> thread_turns() const;
  [[nodiscard]] std::string status_text() const;

  void wait_for_signal();
  void on_signal(int number);
  void reload();
  /// Makes `wanted` the running configuration as far as it can be without a restart; nothing
  /// happens where it must not be served on the sockets at hand.
  Result<> take_over(configuration::Loaded wanted);
  /// What is to be said of the sockets that systemd passed, under this configuration.
  Result<> add_socket_warnings(configuration::Loaded& loaded) const;
  void begin_stop();
  void end_stop();
  /// `late`: how much after its time, which is how long the loop computed before it.
  void turn(std::chrono::nanoseconds late);
  void on_gate_event(http::ServerEvent event);

  const SystemClock clock_;
  const WallTime started_at_;
  std::filesystem::path configuration_file_;
  const PackageFiles package_files_;

  mutable std::mutex configuration_mutex_;  ///< the local thread reads, the gate thread replaces
  configuration::Loaded loaded_;
  StateFolder state_;

  local::Metrics metrics_;
  std::unique_ptr<store::CacheHome> cache_home_;
  DiskSpace space_;
  std::unique_ptr<store::LedgerThread> ledger_;
  std::unique_ptr<sync::SyncThread> sync_;

  boost::asio::io_context loop_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::signal_set signals_{loop_};
  boost::asio::steady_timer ticker_{loop_};
  boost::asio::steady_timer drain_timer_{loop_};
  std::optional<store::CacheReader> cache_;  ///< until the gate takes it
  std::unique_ptr<gate::Gate> gate_;
  SteadyTime gate_opened_at_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<LocalThread> local_;
  std::vector<std::string> gate_addresses_;
  PassedAddresses passed_;
  std::vector<local::Expiry> gate_certificates_;  ///< as they were when they were loaded
  std::atomic<std::size_t> gate_connections_ = 0;
  std::atomic<std::uint64_t> gate_bodies_refused_ = 0;
  std::atomic<WallTime> gate_bodies_refused_at_{};

  Turns gate_turns_;
  std::optional<Heartbeat> heartbeat_;
  bool stopping_ = false;
};

}  // namespace gatehouse::process
