#pragma once

#include <optional>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// What is known of the keys in use, without the keys.
struct Lease {
  bool wanted = true;
  bool held = false;
  std::optional<WallTime> expires_at;  ///< nullopt: never
  std::optional<WallTime> renew_at;    ///< before that; nullopt: no need
  bool suspect = false;     ///< Amazon called them invalid, their source changed, or a person asked
  bool under_way = false;   ///< they are being fetched
  SteadyTime not_before{};  ///< the retry policy allows no attempt earlier
  SteadyTime suspect_from{};  ///< the same, where they are suspect and nothing else
};

struct LeaseDecision {
  bool usable = false;  ///< there are keys, and they have not expired
  bool fetch = false;   ///< fetch (or renew) them now
  milliseconds look_again{0};
};

/// Keys are fetched while there are none, while they are suspect, and from `renew_at` on; they are
/// used until they really expire, whatever became of their renewal. Pure.
[[nodiscard]] LeaseDecision decide(const Lease& lease, WallTime now, SteadyTime steady_now);

/// When keys that were issued at `now` should be renewed: 5 to 10 minutes before they expire, so
/// that the boxes of a retailer do not ask in step, but not before half of their life is over.
/// `chance` is uniform in [0, 1).
[[nodiscard]] WallTime renewal_time(WallTime now, WallTime expires_at, double chance);

/// decide() wants to be asked again at least this often: the wall clock may jump.
inline constexpr milliseconds lease_look_again_max{10'000};

}  // namespace gatehouse::sync
