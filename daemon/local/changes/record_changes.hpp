#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Has a record sent at the next opportunity.
[[nodiscard]] boost::asio::awaitable<http::Answer> retry_record(ChangeContext context,
                                                                std::string id);

}  // namespace gatehouse::local
