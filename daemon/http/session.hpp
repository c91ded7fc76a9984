#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "daemon/http/server_state.hpp"
#include "daemon/http/sockets.hpp"

namespace gatehouse::http {

/// Serves one accepted connection until it ends, in a coroutine on the server's loop. A refused one
/// is answered 503 and closed. `tls` is null for plain HTTP.
void start_session(std::shared_ptr<ServerState> state, Socket socket,
                   std::shared_ptr<boost::asio::ssl::context> tls,
                   ServerState::Admission admission);

}  // namespace gatehouse::http
