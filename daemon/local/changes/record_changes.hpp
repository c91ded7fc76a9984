#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Makes a record due, and says when it will be sent (when_sent.hpp).
[[nodiscard]] boost::asio::awaitable<http::Answer> retry_record(ChangeContext context,
                                                                std::string id);

}  // namespace gatehouse::local
