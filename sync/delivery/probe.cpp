#include "sync/delivery/probe.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sync {

std::optional<std::int64_t> choose_probe(std::vector<Candidate> candidates, const ProbeTurn& turn) {
  const auto was_last = [&turn](const Candidate& each) { return each.id == turn.last; };
  if (!std::ranges::all_of(candidates, was_last)) std::erase_if(candidates, was_last);
  const bool by_age = turn.number % 2 == 0;
  const auto probe = std::ranges::min_element(candidates, {}, [by_age](const Candidate& each) {
    return std::pair(by_age ? 0 : each.attempts, -each.id);
  });
  if (probe == candidates.end()) return std::nullopt;
  return probe->id;
}

}  // namespace gatehouse::sync
