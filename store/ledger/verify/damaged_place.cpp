#include "store/ledger/verify/damaged_place.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace gatehouse::store {
namespace {

/// So many are looked at: of a few rows each of the table's indexes may be told of.
constexpr std::int64_t looked_back_max = 64;

bool continues(const DamagedPlace& place, const DamagedPlace& before) {
  const bool of_records = place.index.empty() && !(place.trip_id + before.trip_id).empty();
  return !of_records && place.row >= before.row && place.row - 1 <= before.row_to &&
         place.table == before.table && place.index == before.index && place.what == before.what;
}

}  // namespace

bool add_place(std::vector<DamagedPlace>& places, DamagedPlace place, std::size_t named_max) {
  for (DamagedPlace& before : places | std::views::reverse | std::views::take(looked_back_max)) {
    if (!continues(place, before)) continue;
    before.row_to = std::max(before.row_to, place.row_to);
    if (before.trip_id != place.trip_id) before.trip_id.clear();
    return true;
  }
  if (places.size() >= named_max) return false;
  places.push_back(std::move(place));
  return true;
}

}  // namespace gatehouse::store
