#include "daemon/process/notify.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

namespace gatehouse::process {
namespace {

// A lost notification is not worth a log line: the service manager notices by itself.
void notify(const std::string& message) {
  (void)sd_notify(0, message.c_str());
}

std::uint64_t monotonic_us() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace

std::vector<PassedSocket> take_passed_sockets() {
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(/*unset_environment=*/1, &names);
  std::vector<PassedSocket> sockets;
  for (int i = 0; i < count; ++i) {
    sockets.push_back({names[i], SD_LISTEN_FDS_START + i});
    std::free(names[i]);
  }
  std::free(static_cast<void*>(names));
  return sockets;
}

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t period_us = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &period_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(period_us);
}

void notify_ready(const std::string& status) {
  notify("READY=1\nSTATUS=" + status);
}

void notify_status(const std::string& status) {
  notify("STATUS=" + status);
}

void notify_alive() {
  notify("WATCHDOG=1");
}

void notify_hung() {
  notify("WATCHDOG=trigger");
}

void notify_reloading() {
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us()));
}

void notify_stopping(const std::string& status) {
  notify("STOPPING=1\nSTATUS=" + status);
}

}  // namespace gatehouse::process
