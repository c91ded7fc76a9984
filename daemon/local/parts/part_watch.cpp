#include "daemon/local/parts/part_watch.hpp"

namespace gatehouse::local {

Parts PartWatch::look(Parts parts, SteadyTime now, WallTime wall) {
  for (std::size_t place = 0; place < part_count; ++place) {
    PartState& state = parts.at(place);
    Seen& seen = seen_.at(place);
    if (!seen.since || seen.condition != state.condition) seen = {state.condition, now};
    const auto ago = std::chrono::round<milliseconds>(now - *seen.since);
    state.since = std::chrono::floor<std::chrono::seconds>(wall - ago);
  }
  return parts;
}

}  // namespace gatehouse::local
