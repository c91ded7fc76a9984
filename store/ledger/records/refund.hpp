#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/number_range.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers are on disk: never renumber, only add.

/// Why money is given back (services.md 2.4).
enum class RefundReason : int {
  damaged_item = 1,
  expired_item = 2,
  unwanted_item = 3,
  jwo_tech_error = 4,
  other = 5,
};
[[nodiscard]] constexpr NumberRange numbers_of(RefundReason) {
  return {1, 5};
}

struct NewRefund {
  std::string trip_id;
  /// A lower-case UUID, made once by whoever asks: see RefundOutcome::identical.
  std::string request_id{};
  Money amount;
  RefundReason reason = RefundReason::other;
  std::string payload{};  ///< the request to Amazon, as it will be sent at every attempt
  WallTime at{};
};

enum class RefundOutcome {
  recorded,   ///< on its way to Amazon
  identical,  ///< this request id is on record with the same contents: nothing was done
  different,  ///< this request id is on record with other contents, which stand
  ended,      ///< this request id is on record, and a person has said that it was not made: it is
              ///< never sent again, so another one needs another id
  unknown,    ///< no such trip
  not_captured,
  too_much,  ///< with those that had, or may have had, their effect more than was captured; or
             ///< another currency
};

/// A person's word about one that Amazon does not end.
struct RefundDecision {
  std::int64_t delivery_id = 0;
  bool made = false;     ///< the shopper has the money
  std::string by{};      ///< who says so
  std::string record{};  ///< made: what the cloud is told about it
  WallTime at{};
  SteadyTime steady_at{};  ///< the same moment, for what has to pass
};

enum class RefundDecided {
  made,           ///< it is delivered, or was before
  made_beyond,    ///< it is delivered; with the others, more was refunded than captured
  withdrawn,      ///< it is sent no more, and counts as refunded until that is said again
  not_made,       ///< it counts no longer
  unknown,        ///< no such refund
  ended_as_made,  ///< not made, says the person; but Amazon, or a person, has said that it was
  too_early,      ///< its last call may still have its effect
};

/// So long after it left a refund may have its effect: as of a capture, whose absence proves
/// nothing for as long (a signed request is accepted for 5 minutes, by clocks that may be 5 minutes
/// apart).
inline constexpr std::chrono::minutes refund_effect_max{20};

/// The reason of one that was set aside because the history that it belongs to may lack its end:
/// a person retries it by its id, or decides about it.
inline constexpr std::string_view refund_of_lost_history =
    "the ledger lacks history, in which this refund may have been made, or ended and replaced: see "
    "whether it was made, then `gatehouse records decide`, or `gatehouse records retry` with its "
    "id";

/// One refund of a trip. How far it is, is its delivery's state.
struct Refund {
  std::string request_id;
  Money amount;
  RefundReason reason = RefundReason::other;
  std::int64_t delivery_id = 0;
};

/// As Amazon writes it: "DAMAGED_ITEM".
[[nodiscard]] std::string_view to_text(RefundReason reason);
[[nodiscard]] std::optional<RefundReason> refund_reason_from(std::string_view text);

}  // namespace gatehouse::store
