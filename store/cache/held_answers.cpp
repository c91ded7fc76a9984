#include "store/cache/held_answers.hpp"

#include <utility>

namespace gatehouse::store {

std::shared_ptr<HeldAnswers> no_held_answers() {
  return std::make_shared<HeldAnswers>();
}

template <class Map, class Key, class Answer>
bool HeldAnswers::put(Map& map, const Key& key, Answer answer) {
  const auto known = map.find(key);
  if (known != map.end()) {
    known->second = std::move(answer);
    return true;
  }
  if (size_ >= answers_max) return false;
  map.emplace(key, std::move(answer));
  ++size_;
  return true;
}

bool HeldAnswers::hold(const KeyHash& key, std::optional<Shopper> answer) {
  const MutexLock lock(mutex_);
  return put(shoppers_, key, std::move(answer));
}

bool HeldAnswers::hold(std::string_view document_id, std::optional<Instrument> answer) {
  const MutexLock lock(mutex_);
  return put(instruments_, document_id, std::move(answer));
}

void HeldAnswers::clear() {
  const MutexLock lock(mutex_);
  shoppers_.clear();
  instruments_.clear();
  size_ = 0;
}

std::optional<std::optional<Shopper>> HeldAnswers::of(const KeyHash& key) const {
  if (size_ == 0) return std::nullopt;
  const MutexLock lock(mutex_);
  const auto held = shoppers_.find(key);
  if (held == shoppers_.end()) return std::nullopt;
  return held->second;
}

std::optional<std::optional<Instrument>> HeldAnswers::of_instrument(std::string_view id) const {
  if (size_ == 0) return std::nullopt;
  const std::string document_id = std::string(instrument_prefix).append(id);
  const MutexLock lock(mutex_);
  const auto held = instruments_.find(document_id);
  if (held == instruments_.end()) return std::nullopt;
  return held->second;
}

}  // namespace gatehouse::store
