#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/transport/transport.hpp"

namespace gatehouse::sync::model {

/// What a request of the box is about.
enum class Kind { adjust, capture, cancel, look, refund, report, cart, record, checkout };

[[nodiscard]] Kind kind_of(const Request& request);
[[nodiscard]] std::string_view to_text(Kind kind);
/// Of a request of any kind.
[[nodiscard]] std::string trip_of(const Request& request);
/// Its refundRequestId, of a refund and of its record.
[[nodiscard]] std::string refund_in(const Request& request);
/// What stands between the first `before` and the next `after`; '' where `before` is not in it.
[[nodiscard]] std::string between(std::string_view text, std::string_view before,
                                  std::string_view after);
/// `"name":{"amount":15.99,"code":"USD"}` of one of our own bodies, as "15.99 USD"; '' : none.
[[nodiscard]] std::string money_of(std::string_view body, std::string_view name);

/// 1599 of "15.99 USD".
[[nodiscard]] std::int64_t minor_of(const std::string& money);

}  // namespace gatehouse::sync::model
