#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/shopper_lookup.hpp"
#include "daemon/gate/connector/store_id_check.hpp"
#include "daemon/gate/decision/authorization.hpp"
#include "daemon/gate/decision/observer.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/http/exchange.hpp"

namespace gatehouse::gate {

/// POST /v1/fraudandabuse/shopperauthorization (connectors.md 6), decided by authorize() from the
/// feed's instrument documents and Amazon's recommendation. The body of every error is
/// {"errorMsg"}, by inference. Where gate.shopper_authorization is false the gate answers 404
/// instead (case 7a.14). Never waits.
class AuthorizationConnector : public std::enable_shared_from_this<AuthorizationConnector> {
 public:
  AuthorizationConnector(std::shared_ptr<const GateOptions> options,
                         std::shared_ptr<ShopperLookup> lookup, std::shared_ptr<InteractionLog> log,
                         const Clock& clock, Observer& observer);

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  struct Resolution {
    AuthorizationAnswer counted = AuthorizationAnswer::invalid;
    http::Answer answer;
    std::string reason;
  };
  [[nodiscard]] Resolution resolve(std::string_view body, SteadyTime now);

  std::shared_ptr<const GateOptions> options_;
  std::shared_ptr<ShopperLookup> lookup_;
  std::shared_ptr<InteractionLog> log_;
  const Clock& clock_;
  Observer& observer_;

  DocumentParser parser_;
  StoreIdCheck store_id_check_;
};

}  // namespace gatehouse::gate
