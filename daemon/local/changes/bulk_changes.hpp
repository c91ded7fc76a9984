#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

// What a person does to many at once, for a BulkRequest as the body. One page a request and a
// commit; the smallest unit that cannot be done is named, and the rest is done.

/// Makes records due, and says by destination when they will be sent (when_sent.hpp).
[[nodiscard]] boost::asio::awaitable<http::Answer> retry_records(ChangeContext context,
                                                                 std::string_view body);
/// Lets held charges go on.
[[nodiscard]] boost::asio::awaitable<http::Answer> release_trips(ChangeContext context,
                                                                 std::string_view body);

}  // namespace gatehouse::local
