#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "daemon/gate/call/routes.hpp"
#include "daemon/http/exchange.hpp"

namespace gatehouse::gate {

struct CallContext;
class Connector;

/// Answers one call: has the connector resolve it, waits for the cloud or the disk where it asks
/// for that, counts and logs. The coroutine keeps `context` and what owns it, `connector` among it,
/// to its end. Waits for the cloud until gate.ask_cloud_deadline, for the disk 20 s.
[[nodiscard]] boost::asio::awaitable<http::Answer> answer_call(
    std::shared_ptr<const CallContext> context, ConnectorId id, Connector& connector,
    const http::Request& request);

}  // namespace gatehouse::gate
