#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"
#include "daemon/local/request/routes.hpp"

namespace gatehouse::local {

/// What a person decides about the charge of a trip: hold, release or cancel it.
[[nodiscard]] boost::asio::awaitable<http::Answer> decide_trip(ChangeContext context, Action action,
                                                               std::string trip_id,
                                                               std::string_view body);

}  // namespace gatehouse::local
