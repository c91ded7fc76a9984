#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "daemon/http/exchange.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// POST /local/v1/records/{id}/decide {"decision":"refunded"|"not_refunded","by":"Ann"}: a person
/// ends a refund that Amazon does not end (store::Ledger::decide_refund).
/// {"id":12,"tripId":"…","outcome":"refunded"|"withdrawn"|"not_refunded"}: one that is withdrawn is
/// sent no more, and counts as refunded until "not_refunded" is said again.
[[nodiscard]] boost::asio::awaitable<http::Answer> decide_record(ChangeContext context,
                                                                 std::string id,
                                                                 std::string_view body);

}  // namespace gatehouse::local
