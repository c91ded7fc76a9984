#include "sync/delivery/refusal_run.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace gatehouse::sync {

bool RefusalRun::believes(const Refused& refused, SteadyTime now) {
  auto& run = runs_[refused.kind];
  if (run.on) return false;
  std::erase_if(run.believed, [now](const Believed& each) { return now - each.at > window; });
  std::set<std::string_view> trips{refused.trip_id};
  for (const auto& each : run.believed) {
    if (each.refused.status == refused.status) trips.insert(each.refused.trip_id);
  }
  if (was_taken_back(refused.record)) return true;
  run.on = trips.size() >= trips_to_open;
  if (!run.on) run.believed.push_back({refused, now});
  return !run.on;
}

void RefusalRun::remember(Refused refused, SteadyTime at) {
  auto& believed = runs_[refused.kind].believed;
  believed.push_back({std::move(refused), at});
}

std::vector<Refused> RefusalRun::take_back(int kind) {
  const auto run = runs_.find(kind);
  if (run == runs_.end() || !run->second.on) return {};
  std::vector<Refused> records;
  for (auto& each : std::exchange(run->second.believed, {})) {
    if (was_taken_back(each.refused.record)) continue;
    taken_back_.push_back(each.refused.record);
    records.push_back(std::move(each.refused));
    if (taken_back_.size() > taken_back_max) taken_back_.pop_front();
  }
  return records;
}

bool RefusalRun::is_on() const {
  return std::ranges::any_of(runs_, [](const auto& each) { return each.second.on; });
}

bool RefusalRun::was_taken_back(std::int64_t record) const {
  return std::ranges::find(taken_back_, record) != taken_back_.end();
}

}  // namespace gatehouse::sync
