#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// Takes the ledger as it is, with the history that it lacks: what was withheld goes on. The body
/// is {"dryRun":true}, optional.
[[nodiscard]] boost::asio::awaitable<http::Answer> accept_ledger(ChangeContext context,
                                                                 std::string_view body);

/// {"by":"Ann"}: a reconciliationId is a sign of a capture after all, whatever was seen before;
/// {"trips":2,"by":"Ann"}. 409: nothing was seen that speaks against it.
[[nodiscard]] boost::asio::awaitable<http::Answer> declare_evidence_sound(ChangeContext context,
                                                                          std::string_view body);

}  // namespace gatehouse::local
