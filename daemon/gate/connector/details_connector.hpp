#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/shopper_lookup.hpp"
#include "daemon/gate/connector/store_id_check.hpp"
#include "daemon/gate/decision/observer.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/http/exchange.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/scan/details (connectors.md 5.1): provider and promotionIds of the loyalty of
/// whoever scanResult.id stands for; that is what the scan was answered with, a code or a shopperId
/// (gate.accepted_id). 404 where there is no such shopper, none that is active, or no loyalty with
/// a provider. 500 where the cache cannot be read: Amazon's page asks for it. With
/// gate.unknown_shopper = "ask_cloud" the cloud is asked about whoever the cache does not know.
/// Owned by a shared_ptr: a coroutine that waits for the cloud keeps it.
class DetailsConnector : public std::enable_shared_from_this<DetailsConnector> {
 public:
  DetailsConnector(std::shared_ptr<const GateOptions> options,
                   std::shared_ptr<ShopperLookup> lookup, std::shared_ptr<InteractionLog> log,
                   const Clock& clock, Observer& observer);

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  struct Resolution {
    DetailsAnswer counted = DetailsAnswer::not_found;
    bool is_unknown = false;  ///< the cache has nobody of that id
    http::Answer answer;
    std::string refusal = {};
  };
  [[nodiscard]] Resolution resolve(std::string_view body, SteadyTime now);
  [[nodiscard]] Resolution found(const store::Loyalty& loyalty);

  std::shared_ptr<const GateOptions> options_;
  std::shared_ptr<ShopperLookup> lookup_;
  std::shared_ptr<InteractionLog> log_;
  const Clock& clock_;
  Observer& observer_;

  DocumentParser parser_;
  DocumentParser loyalty_parser_;
  StoreIdCheck store_id_check_;
};

}  // namespace gatehouse::gate
