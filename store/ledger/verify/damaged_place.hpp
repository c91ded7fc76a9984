#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace gatehouse::store {

/// Something in the ledger that is not as it was written.
struct DamagedPlace {
  std::string table;
  std::int64_t row = 0;     ///< its row id: of a delivery the record's id, of a trip its sequence
  std::int64_t row_to = 0;  ///< of several: the last one that may be among them
  static constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();
  std::string index{};    ///< '' : the rows themselves are damaged
  std::string trip_id{};  ///< '' : not known, or of no trip, or of several
  std::string what;       ///< without a byte of the record
};

/// Adds a place to those that were found before it. Rows side by side of which the same is to be
/// said become one place, which is then longer; damaged records whose trips are known stay by
/// themselves. False: it would be one more than `named_max`, and was not added.
bool add_place(std::vector<DamagedPlace>& places, DamagedPlace place, std::size_t named_max);

}  // namespace gatehouse::store
