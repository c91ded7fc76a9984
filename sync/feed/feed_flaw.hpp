#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// What can be wrong with one row of the feed. The smallest thing that can be left out is, and the
/// rest of the feed goes on.
enum class FeedFlaw {
  no_id,        ///< no document to hold anything against: the row is stepped over
  no_document,  ///< `doc` is missing or null
  too_large,    ///< longer than an answer may be
  unreadable,   ///< its type is not text that can be read
  shopper,      ///< of a shopper: keys, status, role or shopperId
  instrument,   ///< of an instrument: what is held against it, or granted to it
  loyalty,      ///< of a shopper that is taken without it
};
inline constexpr std::size_t feed_flaw_count = 7;
/// By value. In metrics and JSON: never renamed.
inline constexpr std::array<std::string_view, feed_flaw_count> feed_flaw_names{
    "no_id", "no_document", "too_large", "unreadable", "shopper", "instrument", "loyalty"};

/// One such row.
struct FlawedRow {
  FeedFlaw flaw = FeedFlaw::no_id;
  std::string id;     ///< of the document, '' for no_id; as it came
  std::string seq;    ///< the beginning of its `seq`
  std::string wrong;  ///< what is wrong with it, without its contents
};

/// A document's id as it may be shown: printable, cut, and withheld where it looks like an e-mail
/// address or the number of a card (an operator finds it by its seq).
[[nodiscard]] std::string shown_id(std::string_view id);

/// The flawed rows of one answer: its last ten, and how many there were before those.
struct FlawedRows {
  std::deque<FlawedRow> last;
  std::array<std::uint64_t, feed_flaw_count> older{};  ///< by FeedFlaw

  void add(FlawedRow row);
  [[nodiscard]] std::uint64_t total() const;
};

/// The flawed rows since the start: how many of each kind, and the last ten, for status and log.
struct FlawTally {
  struct Entry {
    std::uint64_t number = 0;  ///< counts up by one, from 1
    WallTime at;
    FlawedRow row;  ///< its id as it may be shown
  };

  std::array<std::uint64_t, feed_flaw_count> counts{};             ///< by FeedFlaw
  std::array<std::optional<WallTime>, feed_flaw_count> last_at{};  ///< the same
  std::deque<Entry> last;                                          ///< the newest at the end

  void add(FlawedRow row, WallTime at);
  void add(FlawedRows rows, WallTime at);
  /// As if all of `before` had been added before it.
  void follow(const FlawTally& before);
  [[nodiscard]] std::uint64_t of(FeedFlaw flaw) const {
    return counts[static_cast<std::size_t>(flaw)];
  }
  [[nodiscard]] std::uint64_t total() const;

  static constexpr std::size_t last_max = 10;
};

}  // namespace gatehouse::sync
