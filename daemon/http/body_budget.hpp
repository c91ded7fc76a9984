#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace gatehouse::http {

/// A body up to this size is not counted: its connection may keep a buffer of this size anyway, and
/// scans and usual carts are smaller. So large bodies, however many, never keep a scan out.
inline constexpr std::size_t small_body_bytes = std::size_t{16} * 1024;

/// What the large request bodies of one server hold together, and the most that they may. Owned by
/// the server's loop; only used() is thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

  /// The part of one request. Given back when it ends, however that came.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.exchange(held_, 0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// The body is, or will be, of this size. False: it does not fit, and nothing has changed.
    [[nodiscard]] bool grow_to(std::size_t body_bytes) {
      const std::size_t wanted = body_bytes <= small_body_bytes ? 0 : body_bytes;
      if (wanted <= held_) return true;
      if (!budget_.exchange(held_, wanted)) return false;
      held_ = wanted;
      return true;
    }

   private:
    BodyBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  /// One thread writes, so that no locked instruction is needed.
  bool exchange(std::size_t held, std::size_t wanted) {
    const std::size_t others = used() - held;
    if (wanted > held && wanted > max_bytes_ - std::min(others, max_bytes_)) return false;
    used_.store(others + wanted, std::memory_order_relaxed);
    return true;
  }

  const std::size_t max_bytes_;
  std::atomic<std::size_t> used_ = 0;
};

}  // namespace gatehouse::http
