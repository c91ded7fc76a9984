#pragma once

#include <string_view>

#include "daemon/gate/call/call_context.hpp"
#include "daemon/gate/call/connector.hpp"
#include "daemon/gate/call/store_id_check.hpp"
#include "daemon/gate/connector/refused_carts.hpp"
#include "daemon/log/log_limit.hpp"

namespace gatehouse::gate {

/// POST /v1/order/purchases (connectors.md 2). 201 only after the cart is on disk; one that is
/// answered 400 is kept beside (RefusedCarts).
class CartConnector final : public Connector {
 public:
  explicit CartConnector(const CallContext& context);
  [[nodiscard]] Resolution resolve(const Call& call) override;

 private:
  [[nodiscard]] Resolution acknowledge(const store::CartReceipt& receipt, const CallIds& ids);
  [[nodiscard]] Resolution unavailable(std::string_view reason);

  const CallContext& context_;
  StoreIdCheck store_id_check_;
  RefusedCarts refused_carts_;
  log::LogLimit unavailable_log_limit_;
  log::LogLimit differing_log_limit_;
};

}  // namespace gatehouse::gate
