#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Puts a refund on record, for Amazon. The body is {"amount", "code", "reason",
/// "refundRequestId"}, the last optional; the same id again changes nothing.
[[nodiscard]] boost::asio::awaitable<http::Answer> refund_trip(ChangeContext context,
                                                               std::string trip_id,
                                                               std::string_view body);

}  // namespace gatehouse::local
