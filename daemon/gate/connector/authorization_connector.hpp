#pragma once

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/store_id_check.hpp"

namespace gatehouse::gate {

/// POST /v1/fraudandabuse/shopperauthorization (connectors.md 6), decided by authorize() from the
/// feed's instrument documents and Amazon's recommendation. The body of every error is
/// {"errorMsg"}, by inference. Where gate.shopper_authorization is false the gate answers 404
/// instead (case 7a.14). Never waits.
class AuthorizationConnector final : public Connector {
 public:
  explicit AuthorizationConnector(const CallContext& context);
  [[nodiscard]] Resolution resolve(const Call& call) override;

 private:
  const CallContext& context_;
  StoreIdCheck store_id_check_;
};

}  // namespace gatehouse::gate
