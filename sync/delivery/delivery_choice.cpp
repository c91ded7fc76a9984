#include "sync/delivery/delivery_choice.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace gatehouse::sync {
namespace {

using Deliveries = std::vector<store::DueDelivery>;

/// Takes deliveries from a list until it is empty, skipping trips that were taken.
class Source {
 public:
  Source(Deliveries deliveries, std::unordered_set<std::int64_t>& taken, const IsOut& is_out)
      : deliveries_(std::move(deliveries)), taken_(taken), is_out_(is_out) {}

  /// False: nothing is left.
  bool take_into(Deliveries& chosen) {
    while (next_ < deliveries_.size()) {
      const auto& delivery = deliveries_[next_++];
      if (is_out_(delivery) || !taken_.insert(delivery.trip_sequence).second) continue;
      chosen.push_back(delivery);
      return true;
    }
    return false;
  }

 private:
  Deliveries deliveries_;
  std::size_t next_ = 0;
  std::unordered_set<std::int64_t>& taken_;
  const IsOut& is_out_;
};

bool is_backlog_turn(std::uint64_t started) {
  return started % backlog_every == backlog_every - 1;
}

}  // namespace

std::size_t backlog_share(std::uint64_t started, std::size_t slots) {
  return static_cast<std::size_t>((started + slots) / backlog_every - started / backlog_every);
}

Deliveries choose(Deliveries newest, Deliveries oldest, std::size_t slots, std::uint64_t started,
                  const IsOut& is_out) {
  std::unordered_set<std::int64_t> taken;
  Source live(std::move(newest), taken, is_out);
  Source backlog(std::move(oldest), taken, is_out);
  Deliveries chosen;
  while (chosen.size() < slots) {
    const bool backlog_first = is_backlog_turn(started + chosen.size());
    auto& first = backlog_first ? backlog : live;
    auto& second = backlog_first ? live : backlog;
    if (!first.take_into(chosen) && !second.take_into(chosen)) break;
  }
  return chosen;
}

Deliveries choose_probe(Deliveries newest, Deliveries oldest, const ProbeTurn& turn,
                        const IsOut& is_out) {
  std::ranges::move(oldest, std::back_inserter(newest));
  std::erase_if(newest, std::cref(is_out));
  std::vector<Candidate> candidates;
  for (const auto& each : newest) candidates.push_back({each.id, each.attempts});
  const auto probe = choose_probe(std::move(candidates), turn);
  if (!probe) return {};
  return {*std::ranges::find(newest, *probe, &store::DueDelivery::id)};
}

}  // namespace gatehouse::sync
