#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/cache/records.hpp"
#include "store/values/result.hpp"
#include "sync/feed/feed_flaw.hpp"

namespace gatehouse::sync {

/// A longer `last_seq` is neither kept nor sent: CouchDB's have some hundred bytes, and a server
/// refuses a URL of more than 8 KiB or so.
inline constexpr std::size_t cursor_max_bytes = 4096;

/// Of a FeedBatch.
struct UntypedDocument {
  std::size_t change = 0;  ///< its place among the changes
  FlawedRow row;           ///< what is wrong, should it be known here
};

/// One answer of `_changes`, as the cache takes it.
struct FeedBatch {
  /// The answer breaks off, or its structure is broken, inside the rows, so they cannot be told
  /// apart and nothing below is set: fewer of them have to be asked for.
  bool broken = false;
  std::vector<store::ShopperChange> changes;  ///< in the feed's order
  /// Where the feed stands after this batch. A string or a number is kept as it is, an array (old
  /// Cloudant) as its JSON text: either way it is what `since` must carry next.
  std::string last_seq;
  std::optional<std::int64_t> pending;  ///< changes left after this batch, where the server says so
  std::size_t results = 0;              ///< rows, whatever was in them
  /// Documents of other types. Each is among the changes as a removal: whoever it was before, it is
  /// nobody now.
  std::size_t ignored = 0;
  /// Documents that say no type. Each is among the changes as a DocumentUnclear, which goes only
  /// for one that is known here: of others (a design document) nobody wants to hear.
  std::vector<UntypedDocument> untyped;
  std::size_t without_document = 0;  ///< rows that are no removal, and whose document cannot be had
  FlawedRows flawed;                 ///< rows that are left out or could be understood in part only
};

/// Reads the body of a `_changes` answer with include_docs, row by row: what cannot be read in one
/// (as JSON, or by the contract) is left to that row, and named in `flawed`. A document whose
/// newest version cannot be understood is a change of its own, for the version before must not
/// stand. Remedy::reject when the body is not such an answer at all, its last_seq is too long, it
/// has more than `rows_max` rows, or no row of several has a document. Remedy::retry where
/// `stopping` became true between two rows. Never throws.
[[nodiscard]] Result<FeedBatch> parse_changes(
    std::string_view body, std::size_t rows_max = std::numeric_limits<std::size_t>::max(),
    const std::atomic<bool>* stopping = nullptr);

/// So many rows an answer to `limit` may have. A server may add some; one that does not know
/// `limit`, or means harm, would make of an answer many times its size in memory.
[[nodiscard]] constexpr std::size_t rows_max_of(std::size_t limit) {
  return 2 * limit + 16;
}

/// The row that is first in line, without its document.
struct FeedPeek {
  std::size_t results = 0;
  std::string id;       ///< '' where it has none that is acceptable
  std::string version;  ///< tells versions of a document apart: the row's `changes`, as they stand
  std::string seq;
  bool removed = false;
  std::string last_seq;
  std::optional<std::int64_t> pending;
};

/// Reads an answer of `_changes` with limit=1 and without include_docs. Remedy::reject where it is
/// none.
[[nodiscard]] Result<FeedPeek> parse_peek(std::string_view body);

/// The batch that steps over that row, whose document cannot be had for `wrong`.
[[nodiscard]] FeedBatch step_over(const FeedPeek& peek, const std::string& wrong);

}  // namespace gatehouse::sync
