#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Puts the price of a trip on record: {"amount":"15.99","code":"USD"}, or with jwo.settlement =
/// "checkout" {"checkoutCart":{…}}.
[[nodiscard]] boost::asio::awaitable<http::Answer> price_trip(ChangeContext context,
                                                              std::string trip_id,
                                                              std::string_view body);

}  // namespace gatehouse::local
