#pragma once

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// What the kernel knows of time beside the wall clock. Safe to call from any thread.
class KernelClock {
 public:
  virtual ~KernelClock() = default;
  /// Something (systemd-timesyncd, chrony, ntpd) keeps the wall clock synchronised, and told the
  /// kernel. False where that cannot be found out.
  [[nodiscard]] virtual bool is_synchronised() const = 0;
  /// As since_boot() (sync/transport/boot_clock.hpp).
  [[nodiscard]] virtual milliseconds since_boot() const = 0;
};

/// adjtimex(2) and the boot clock. It only asks: nothing is set. The service's sandbox lets
/// adjtimex pass for that, and no capability to set a clock.
class LinuxClock final : public KernelClock {
 public:
  [[nodiscard]] bool is_synchronised() const override;
  [[nodiscard]] milliseconds since_boot() const override;
};

}  // namespace gatehouse::sync
