#pragma once

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/store_id_check.hpp"
#include "daemon/gate/connector/caller_limit.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/identity-keys (connectors.md 3). 200 with the feed's shopperId opens the gate;
/// whoever is unknown, blocked, too old or not believed gets the same 401, so that the answer tells
/// a stranger nothing. By inference the id is the shopperId whatever gate.accepted_id says: that
/// one is about what a scan answers, which Amazon repeats in the cart (FAQ). The body of every
/// error is {"errorMsg"}, by inference too.
///
/// gate.identity_keys_per_second limits each caller, an IP address (all of the unix sockets are one
/// caller): beyond it 429 with Retry-After, before the request is looked at.
class IdentityConnector final : public Connector {
 public:
  explicit IdentityConnector(const CallContext& context);
  [[nodiscard]] Resolution resolve(const Call& call) override;

 private:
  const CallContext& context_;
  StoreIdCheck store_id_check_;
  CallerLimit caller_limit_;
};

}  // namespace gatehouse::gate
