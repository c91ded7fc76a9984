#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"
#include "daemon/local/ledger/verification.hpp"

namespace gatehouse::local {

/// Takes the ledger as it is, with the history that it lacks: what was withheld goes on. The body
/// is {"dryRun":true}, optional.
[[nodiscard]] boost::asio::awaitable<http::Answer> accept_ledger(ChangeContext context,
                                                                 std::string_view body);

/// {"by":"Ann"}: a reconciliationId is a sign of a capture after all, whatever was seen before;
/// {"trips":2,"by":"Ann"}. 409: nothing was seen that speaks against it.
[[nodiscard]] boost::asio::awaitable<http::Answer> declare_evidence_sound(ChangeContext context,
                                                                          std::string_view body);

/// Reads a page of the ledger and says what is damaged there: {"rows":…,"bytes":…,"found":[…],
/// "next":…}. The body is {"after":17}, optional: `next` of the page before, null once all of it
/// was read. Changes nothing, but it is work, and names trips: for an operator alone.
[[nodiscard]] boost::asio::awaitable<http::Answer> verify_ledger(Verification& verification,
                                                                 std::string_view body);

}  // namespace gatehouse::local
