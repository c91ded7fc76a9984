#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/cache/cache.hpp"
#include "store/cache/key_hash.hpp"
#include "store/values/mutex.hpp"

namespace gatehouse::store {

/// Blocks and removals that the disk of the cache did not take: what is to be answered in place of
/// what the cache says. In memory alone, so gone with the process; the feed then brings them again.
/// Thread-safe: the sync thread adds, the gate asks, and neither waits for a disk here.
class HeldAnswers {
 public:
  /// About a megabyte. What comes beyond it is not held, and whoever holds says so.
  static constexpr std::size_t answers_max = 10'000;

  /// nullopt: nobody may be found by this key. False: there is no room, and nothing was held.
  [[nodiscard]] bool hold(const KeyHash& key, std::optional<Shopper> answer);
  [[nodiscard]] bool hold(std::string_view document_id, std::optional<Instrument> answer);
  /// The cache has them now.
  void clear();

  /// nullopt: the cache answers.
  [[nodiscard]] std::optional<std::optional<Shopper>> of(const KeyHash& key) const;
  /// By Amazon's id of the instrument.
  [[nodiscard]] std::optional<std::optional<Instrument>> of_instrument(std::string_view id) const;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  template <class Map, class Key, class Answer>
  bool put(Map& map, const Key& key, Answer answer);

  mutable Mutex mutex_;
  std::map<KeyHash, std::optional<Shopper>> shoppers_ GUARDED_BY(mutex_);
  std::map<std::string, std::optional<Instrument>, std::less<>> instruments_ GUARDED_BY(mutex_);
  std::atomic<std::size_t> size_ = 0;
};

}  // namespace gatehouse::store
