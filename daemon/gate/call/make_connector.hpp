#pragma once

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"

namespace gatehouse::gate {

/// The last line of each connector's source file instantiates this for its class, so that the gate,
/// which makes all that are served (routes.hpp), includes none of them.
template <class Which>
std::unique_ptr<Connector> make_connector(const CallContext& context) {
  return std::make_unique<Which>(context);
}

}  // namespace gatehouse::gate
