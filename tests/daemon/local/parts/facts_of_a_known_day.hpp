#pragma once

#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {

/// A good day on which everything has been asked and has answered: every part is well.
inline Facts known_day() {
  using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
  Facts facts = good_day();
  facts.process.space.measured =
      FreeSpace{.free_bytes = 9'000'000'000, .total_bytes = 20'000'000'000};
  facts.process.sync.clock.verdict.state = sync::ClockState::confirmed;
  return facts;
}

/// The same, with one of its threads as it is said.
inline void set_thread(Facts& facts, std::string_view thread, bool has_turned, milliseconds still) {
  for (ThreadTurn& turn : facts.process.threads) {
    if (turn.thread != thread) continue;
    turn.has_turned = has_turned;
    turn.still = still;
  }
}

}  // namespace gatehouse::local
