#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace gatehouse::sync {

/// Which probe it is, of an outage.
struct ProbeTurn {
  std::uint64_t number = 0;
  std::int64_t last = 0;  ///< the record that was the probe before; 0: none was
};

/// A record that may be the probe; what is newer has the greater id.
struct Candidate {
  std::int64_t id = 0;
  int attempts = 0;
};

/// The one that asks whether a destination is back, of deliveries as of charges. In turn the
/// newest, which a shopper may wait for, and whichever was tried least (the newest of those). No
/// record is it twice running where there is another, so one that always fails cannot be the probe
/// for ever. nullopt: there is none.
[[nodiscard]] std::optional<std::int64_t> choose_probe(std::vector<Candidate> candidates,
                                                       const ProbeTurn& turn);

}  // namespace gatehouse::sync
