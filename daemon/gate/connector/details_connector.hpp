#pragma once

#include <memory>

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/store_id_check.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/scan/details (connectors.md 5.1): provider and promotionIds of the loyalty of
/// whoever scanResult.id stands for; that is what the scan was answered with, a code or a shopperId
/// (gate.accepted_id). 404 where there is no such shopper, none that is active, or no loyalty with
/// a provider. 500 where the cache cannot be read: Amazon's page asks for it. With
/// gate.unknown_shopper = "ask_cloud" the cloud is asked about whoever the cache does not know.
class DetailsConnector final : public Connector {
 public:
  explicit DetailsConnector(const CallContext& context);
  [[nodiscard]] Resolution resolve(const Call& call) override;

 private:
  [[nodiscard]] Resolution unknown() const;
  [[nodiscard]] Resolution known(const store::Loyalty& loyalty);

  const CallContext& context_;
  StoreIdCheck store_id_check_;
  /// Of its own: the ids of the call are still to be read from the other.
  std::shared_ptr<DocumentParser> loyalty_parser_ = make_parser();
};

}  // namespace gatehouse::gate
