#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "daemon/http/answer.hpp"
#include "daemon/local/changes/change_context.hpp"

namespace gatehouse::local {

/// POST /local/v1/refused-carts/{id}/forward: a cart that was answered 400 goes to the cloud as it
/// was kept, once; {"id":"r7","record":12,"outcome":"recorded"|"identical"}.
[[nodiscard]] boost::asio::awaitable<http::Answer> forward_refused(ChangeContext context,
                                                                   std::string id);

/// POST /local/v1/refused-carts/{id}/drop {"by":"Ann"}: such a cart is removed for good, so that
/// there is room for others; the log says which, and by whom.
/// {"id":"r7","tripId":"…","outcome":"dropped"}.
[[nodiscard]] boost::asio::awaitable<http::Answer> drop_refused(ChangeContext context,
                                                                std::string id,
                                                                std::string_view body);

/// GET /local/v1/refused-carts/{id}/cart: its bytes. Who may change something may see them; nobody
/// else.
[[nodiscard]] http::Answer refused_bytes(const ChangeContext& context, const std::string& id);

}  // namespace gatehouse::local
