#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// A destination's word that it does not want a record.
struct Refused {
  std::int64_t record = 0;
  std::string trip_id{};
  int kind = 0;          ///< of what was sent: a success of one kind says nothing of another's
  int status = 0;        ///< of the answer: what is refused with one status is refused alike
  std::string reason{};  ///< that stands on record for it, '' : not kept
};

/// Tells the refusal of a record from a destination that refuses whatever comes (a release gone
/// wrong, a schema that nobody fulfils). Where `trips_to_open` different trips are refused alike
/// within `window`, without a success of that kind between, it is the destination's fault: nothing
/// more is believed until one succeeds, and what was believed before in that run is taken back, to
/// be tried again once. So a bad quarter of an hour costs nobody a record.
///
/// A record that was taken back once is believed when it is refused anew, while no run is on: five
/// records that are really bad cannot go round for ever.
///
/// A state machine without clock or I/O. In memory: after a restart the forwarder tells it again
/// what was refused within the window, and is set aside (remember()). The settler does not, for the
/// status is not kept with a charge: at most trips_to_open - 1 of them stay held each time, which
/// is told at once and moves no money, until a person releases them.
class RefusalRun {
 public:
  static constexpr std::size_t trips_to_open = 5;
  static constexpr std::chrono::minutes window{15};
  /// So many records that were taken back are remembered; then the oldest is forgotten.
  static constexpr std::size_t taken_back_max = 1'000;

  /// Takes note of a refusal. False: it is the destination's fault, not the record's.
  [[nodiscard]] bool believes(const Refused& refused, SteadyTime now);
  /// One that was believed at that time, by the process before. Before all others.
  void remember(Refused refused, SteadyTime at);
  /// What was believed in the run that is on, each record once: it is to be tried again.
  [[nodiscard]] std::vector<Refused> take_back(int kind);
  void succeeded(int kind) { runs_.erase(kind); }
  /// A destination that refuses whatever comes, of some kind.
  [[nodiscard]] bool is_on() const;

 private:
  struct Believed {
    Refused refused;
    SteadyTime at;
  };
  struct Run {
    std::vector<Believed> believed;  ///< within the window; while it is on, not taken back yet
    bool on = false;
  };
  [[nodiscard]] bool was_taken_back(std::int64_t record) const;

  std::map<int, Run> runs_;  ///< by kind; there are few
  std::deque<std::int64_t> taken_back_;
};

}  // namespace gatehouse::sync
