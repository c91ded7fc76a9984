#pragma once

#include <string>
#include <unordered_map>

#include "tests/simulator/world/scenario.hpp"

namespace gatehouse::simulator {

/// Draws what a scenario does to each call. The same seed does the same to the same call of the
/// same trip at the same endpoint, whatever else arrives beside it and in which order. One thread.
class Fates {
 public:
  /// `seed` is used where the scenario names none.
  Fates(Scenario scenario, std::uint64_t seed);

  /// The fate of the next call of this trip ('' where there is none) at this endpoint.
  [[nodiscard]] Fate draw(Endpoint endpoint, const std::string& trip_id);
  [[nodiscard]] const Scenario& scenario() const { return scenario_; }

 private:
  Scenario scenario_;
  std::uint64_t seed_;
  std::unordered_map<std::string, std::int64_t> calls_;  // by endpoint and trip
};

}  // namespace gatehouse::simulator
