#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::process {

/// A listening socket that systemd opened for us, by its FileDescriptorName=.
struct PassedSocket {
  std::string name;  ///< "gate", "local" or "control"
  int descriptor;
};

/// The sockets that systemd passed, none without socket activation. Call once, before any thread
/// is started: the environment is cleared so that no child takes them for its own.
[[nodiscard]] std::vector<PassedSocket> take_passed_sockets();

/// How long systemd waits for a sign of life (WatchdogSec=); nullopt: it does not.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period();

// What the service manager is told. Each is a no-op without one. From any thread.
void notify_ready(const std::string& status);
void notify_status(const std::string& status);
void notify_alive();
/// This process hangs: take it down now, and do not wait for WatchdogSec=.
void notify_hung();
void notify_reloading();
void notify_stopping(const std::string& status);

}  // namespace gatehouse::process
