#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Reports to Amazon how much of a trip's total was settled so far, whoever took the money:
/// {"amount":"15.99","code":"USD"}. Each call makes one more report; the last one counts.
[[nodiscard]] boost::asio::awaitable<http::Answer> report_settled(ChangeContext context,
                                                                  std::string trip_id,
                                                                  std::string_view body);

}  // namespace gatehouse::local
