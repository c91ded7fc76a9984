#include "sync/feed/feed_rebuild.hpp"

#include <algorithm>
#include <functional>

namespace gatehouse::sync {
namespace {

std::uint64_t hash_of(std::string_view id) {
  return std::hash<std::string_view>{}(id);
}

}  // namespace

void FeedRebuild::saw(const FeedBatch& batch) {
  for (const auto& change : batch.changes) {
    if (const auto* shopper = std::get_if<store::ShopperPut>(&change)) {
      seen_.push_back(hash_of(shopper->document_id));
    } else if (const auto* instrument = std::get_if<store::InstrumentPut>(&change)) {
      seen_.push_back(hash_of(instrument->document_id));
    } else if (const auto* unclear = std::get_if<store::DocumentUnclear>(&change)) {
      seen_.push_back(hash_of(unclear->document_id));
    }
  }
  cursor_ = batch.last_seq;
}

void FeedRebuild::fetched(WallTime at) {
  std::ranges::sort(seen_);
  fetched_at_ = at;
}

std::vector<store::ShopperChange> FeedRebuild::gone(std::span<const std::string> page) const {
  std::vector<store::ShopperChange> removed;
  for (const auto& id : page) {
    if (!std::ranges::binary_search(seen_, hash_of(id))) {
      removed.emplace_back(store::ShopperRemove{id});
    }
  }
  return removed;
}

}  // namespace gatehouse::sync
