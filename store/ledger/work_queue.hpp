#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "store/values/mutex.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// A queue from many threads to one, in order, with a limit. Thread-safe.
template <class Item>
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t size_max) : size_max_(size_max) {}

  /// False, and `item` is gone: the queue is full or closed.
  [[nodiscard]] bool push(Item item) {
    {
      const MutexLock lock(mutex_);
      if (closed_ || items_.size() >= size_max_) return false;
      items_.push_back(std::move(item));
    }
    arrived_.notify_one();
    return true;
  }

  /// Up to `count_max` items, oldest first. Waits for the first one up to `wait_max`, less once the
  /// queue is closed; empty when none came.
  [[nodiscard]] std::vector<Item> take(std::size_t count_max, milliseconds wait_max) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + wait_max;
    const MutexLock lock(mutex_);
    while (items_.empty() && !closed_) {
      if (arrived_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(count_max, items_.size()));
    std::vector<Item> taken(std::move_iterator(items_.begin()),
                            std::move_iterator(items_.begin() + count));
    items_.erase(items_.begin(), items_.begin() + count);
    return taken;
  }

  /// Nothing more is accepted; what is in the queue can still be taken.
  void close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

  /// Closed, and everything was taken.
  [[nodiscard]] bool finished() const {
    const MutexLock lock(mutex_);
    return closed_ && items_.empty();
  }

 private:
  const std::size_t size_max_;
  mutable Mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Item> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace gatehouse::store
