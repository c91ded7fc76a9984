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
  unknown,    ///< no such trip
  not_captured,
  too_much,  ///< with those that had, or may have had, their effect more than was captured; or
             ///< another currency
};

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
