#pragma once

#include <string_view>

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/store_id_check.hpp"
#include "daemon/log/log_limit.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/scan (connectors.md 4). With gate.unknown_shopper = "ask_cloud" the cloud is
/// asked about whoever the cache does not know.
class ScanConnector final : public Connector {
 public:
  explicit ScanConnector(const CallContext& context);
  [[nodiscard]] Resolution resolve(const Call& call) override;

 private:
  [[nodiscard]] std::string_view accepted_id(const ShopperLookup::Match& match) const;
  void note_request_id(SteadyTime now);

  const CallContext& context_;
  StoreIdCheck store_id_check_;
  log::LogLimit request_id_log_limit_;
};

}  // namespace gatehouse::gate
