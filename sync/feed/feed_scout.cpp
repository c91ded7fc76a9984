#include "sync/feed/feed_scout.hpp"

#include <optional>
#include <utility>
#include <variant>

#include "store/space/lack_of_space.hpp"

namespace gatehouse::sync {
namespace {

using store::ShopperChange;

std::optional<ShopperChange> tightening_of(const store::ShopperPut& put) {
  if (put.status == store::Status::active && put.unclear.empty()) {
    return store::KeysLeft{put.document_id, put.keys};
  }
  store::ShopperPut blocked = put;
  blocked.loyalty.clear();  // it may be long, and comes again
  return blocked;
}

std::optional<ShopperChange> tightening_of(const store::InstrumentPut& put) {
  const store::Instrument& instrument = put.instrument;
  const bool owes = instrument.outstanding && instrument.outstanding->minor > 0;
  const bool is_against = owes || !instrument.risks.empty() || !put.unclear.empty() ||
                          instrument.decision == store::InstrumentDecision::deny;
  return is_against ? std::optional<ShopperChange>(put) : std::nullopt;
}

template <class Change>
std::optional<ShopperChange> tightening_of(const Change& change) {
  return change;
}

}  // namespace

std::vector<ShopperChange> tightening(std::span<const ShopperChange> changes) {
  std::vector<ShopperChange> tighter;
  for (const ShopperChange& change : changes) {
    auto part = std::visit([](const auto& one) { return tightening_of(one); }, change);
    if (part) tighter.push_back(*std::move(part));
  }
  return tighter;
}

void FeedScout::begin(std::string cursor, std::string reason, SteadyTime now) {
  is_out_ = true;
  cursor_ = std::move(cursor);
  reason_ = std::move(reason);
  try_at_ = now + try_interval;
}

Result<> FeedScout::take(const FeedBatch& batch, const store::FeedPosition& written,
                         SteadyTime now) {
  const auto changes = tightening(batch.changes);
  if (!changes.empty()) {
    if (Result<> applied = apply(changes, written, now); !applied) return applied;
  }
  cursor_ = batch.last_seq;
  return {};
}

Result<> FeedScout::apply(std::span<const ShopperChange> changes,
                          const store::FeedPosition& written, SteadyTime now) {
  const std::uint64_t lacks_before = lacks_of_space();
  Result<> applied = cache_.apply(changes, written);
  const bool for_space = !applied && lacks_of_space() != lacks_before;
  if (for_space && space_ != nullptr && space_->give_up(now)) {
    applied = cache_.apply(changes, written);
  }
  if (applied) return applied;
  reason_ = applied.error().message;
  Result<> held = cache_.hold(changes);
  if (!held) return propagate(std::move(held), "blocks and removals have no effect");
  return {};
}

bool FeedScout::may_end(const store::FeedPosition& written, SteadyTime now) {
  if (!is_out_ || now < try_at_) return false;
  try_at_ = now + try_interval;
  if (is_low()) return false;
  if (const Result<> taken = cache_.apply({}, written); !taken) {
    reason_ = taken.error().message;
    return false;
  }
  is_out_ = false;
  reason_.clear();
  return true;
}

}  // namespace gatehouse::sync
