#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "store/values/time.hpp"

namespace gatehouse::sync::simulation {

/// The clock of a simulated world, and what will happen in it: time passes only from one event to
/// the next, and what happens at the same time happens in the order it was asked for. So a run is
/// the same each time.
class Schedule final : public Clock {
 public:
  using Happening = std::function<void()>;

  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override { return now_; }

  void after(milliseconds delay, Happening happening);
  /// The same, where it happens out in the world and the box cannot notice: step() goes on to the
  /// next event.
  void after_unnoticed(milliseconds delay, Happening happening);
  /// The wall clock jumps; the steady one does not.
  void jump(milliseconds by) { wall_offset_ += by; }
  /// Lets the next event happen, or passes the time until `wake` where that is earlier. False: no
  /// event is left and `wake` is never.
  bool step(SteadyTime wake);
  /// How much has happened so far that a box can notice.
  [[nodiscard]] std::uint64_t noticed() const { return noticed_; }

 private:
  SteadyTime now_{std::chrono::hours{1}};
  milliseconds wall_offset_{1'750'000'000'000};
  std::uint64_t asked_ = 0;
  std::uint64_t noticed_ = 0;
  struct Event {
    Happening happening;
    bool noticed = true;
  };
  std::map<std::pair<SteadyTime, std::uint64_t>, Event> events_;
};

}  // namespace gatehouse::sync::simulation
