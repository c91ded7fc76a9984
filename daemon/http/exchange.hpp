#pragma once

#include <sys/types.h>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>
#include <functional>
#include <optional>
#include <string_view>

#include "daemon/http/answer.hpp"

namespace gatehouse::http {

/// Who is at the other end of a unix socket, as the kernel says.
struct PeerCredentials {
  uid_t uid;
  gid_t gid;
  pid_t pid;
};

/// One request, complete, within the listener's limits. It and all its views live until the
/// handler's coroutine has ended. `fields` are the header's: what a trailer carries is dropped.
struct Request {
  boost::beast::http::verb method;
  std::string_view method_text;  ///< as it came, also where `method` is unknown
  std::string_view target;       ///< path and query as they came, without `http://host`
  std::string_view body;
  const boost::beast::http::fields& fields;
  std::optional<PeerCredentials> peer;  ///< unix sockets only
  std::string_view peer_address =
      {};  ///< the caller's IP address, without port; '' on unix sockets

  /// The target without its query.
  [[nodiscard]] std::string_view path() const { return target.substr(0, target.find('?')); }
};

/// Answers one request. Runs on the server's loop; must not block and must not throw (what it
/// throws is answered with 503 and counted: no input may give a 500).
using Handler = std::function<boost::asio::awaitable<Answer>(const Request&)>;

/// Whether a body is worth receiving. Asked of a request whose body is still to come, which has
/// none here; nullopt: receive it, then ask the handler. An answer is sent at once, without `100
/// Continue`, and the connection is closed, because what follows is the body that nobody reads. A
/// request that came as a whole goes to the handler alone, so that has to refuse it too. Must not
/// throw.
using HeaderCheck = std::function<std::optional<Answer>(const Request&)>;

/// Told of each request whose header was read and which the listener itself answers, with which
/// status: too large, too late, cut short. `body` is whatever came of it. Must not throw.
using RefusalObserver = std::function<void(const Request&, unsigned status)>;

}  // namespace gatehouse::http
