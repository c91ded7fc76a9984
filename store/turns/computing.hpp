#pragma once

#include <chrono>

namespace gatehouse {

/// How much of the processor the thread that made this has used. Only that thread may ask.
class Computing {
 public:
  Computing() noexcept : before_(of_this_thread()) {}

  /// Since it was made, or last asked; waiting, for the disk too, is no computing.
  [[nodiscard]] std::chrono::nanoseconds lap() noexcept;

 private:
  [[nodiscard]] static std::chrono::nanoseconds of_this_thread() noexcept;

  std::chrono::nanoseconds before_;
};

}  // namespace gatehouse
