#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/cache.hpp"
#include "store/result.hpp"

namespace gatehouse::sync {

/// One answer of `_changes`, as the cache takes it.
struct FeedBatch {
  std::vector<store::ShopperChange> changes;  ///< in the feed's order
  /// Where the feed stands after this batch. A string is kept as it is, a number or an array (old
  /// Cloudant) as its JSON text: either way it is what `since` must carry next.
  std::string last_seq;
  std::optional<std::int64_t> pending;  ///< changes left after this batch, where the server says so
  std::size_t results = 0;              ///< rows, whatever was in them
  std::size_t ignored = 0;              ///< documents of other types
  std::size_t malformed = 0;            ///< documents that break the contract, left out
  /// Of the first malformed one: at which `seq` it is and what is wrong, without its contents.
  std::string first_malformed;
};

/// Reads the body of a `_changes` answer with include_docs. Unknown types and fields are no error,
/// nor is a malformed document: one bad document must not stop a store's feed. Remedy::reject when
/// the body is not such an answer at all. Never throws.
[[nodiscard]] Result<FeedBatch> parse_changes(std::string_view body);

}  // namespace gatehouse::sync
