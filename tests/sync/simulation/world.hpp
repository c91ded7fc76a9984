#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/sync/simulation/amazon.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/cloud.hpp"
#include "tests/sync/simulation/network.hpp"
#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync::simulation {

/// A day in a store, made from a seed: trips of every kind, a line and two services that fail in
/// every way we know, a disk that sometimes refuses, and a box that loses its power. Whoever runs
/// it looks at the end whether the promises were kept.
class World {
 public:
  explicit World(std::uint64_t seed);

  /// Lets the day pass. False: it was not over in good time, or nothing moved any more.
  bool live();

  [[nodiscard]] const TripPlans& plans() const { return plans_; }
  [[nodiscard]] const std::set<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const Cloud& cloud() const { return cloud_; }
  [[nodiscard]] const Amazon& amazon() const { return amazon_; }
  [[nodiscard]] Box& box() { return box_; }
  /// What was seen on the way and must never be.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  [[nodiscard]] int crashes() const { return crashes_; }
  [[nodiscard]] int faults() const { return faults_; }

 private:
  [[nodiscard]] double chance() { return std::uniform_real_distribution<>(0, 1)(random_); }
  [[nodiscard]] milliseconds up_to(milliseconds most);
  void plan_trips();
  void plan_outages();
  void arrive(const std::string& trip_id);
  void price_later(const std::string& trip_id);
  void plan_crash();
  /// Somebody looks at what is held every hour, and says what the processor's reports say.
  void decide_what_is_held();
  [[nodiscard]] Fate fate_of(const Request& request);
  [[nodiscard]] Fate fault(bool to_amazon);
  void check_intent(const Request& request);
  [[nodiscard]] bool is_over();

  std::mt19937_64 random_;
  Schedule schedule_;
  TripPlans plans_;
  Cloud cloud_{plans_};
  Amazon amazon_{plans_, schedule_};
  Network network_;
  double fault_rate_ = 0;
  std::vector<std::pair<SteadyTime, SteadyTime>> cloud_outages_, amazon_outages_;
  std::set<std::string> acknowledged_;
  std::vector<std::string> complaints_;
  std::size_t prices_to_come_ = 0;
  int crashes_ = 0;
  int faults_ = 0;
  BoxOptions options_;
  Box box_;  // last: it uses all of the above
};

}  // namespace gatehouse::sync::simulation
