#pragma once

#include <string_view>

namespace gatehouse::store {

/// The store that every call for a trip names: the trip's own, as Amazon sent it, or where its row
/// is from before that was kept ('') that of the box (store.id).
[[nodiscard]] inline std::string_view store_of_trip(std::string_view own, std::string_view of_box) {
  return own.empty() ? of_box : own;
}

}  // namespace gatehouse::store
