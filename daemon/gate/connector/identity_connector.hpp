#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

#include "daemon/gate/connector/caller_limit.hpp"
#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/shopper_lookup.hpp"
#include "daemon/gate/connector/store_id_check.hpp"
#include "daemon/gate/decision/observer.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/http/exchange.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/identity-keys (connectors.md 3). 200 with the feed's shopperId opens the gate;
/// whoever is unknown, blocked, too old or not believed gets the same 401, so that the answer tells
/// a stranger nothing. By inference the id is the shopperId whatever gate.accepted_id says: that
/// one is about what a scan answers, which Amazon repeats in the cart (FAQ). The body of every
/// error is
/// {"errorMsg"}, by inference too.
///
/// gate.identity_keys_per_second limits each caller, an IP address (all of the unix sockets are one
/// caller): beyond it 429 with Retry-After, before the request is looked at.
/// Owned by a shared_ptr: a coroutine that waits for the cloud keeps it.
class IdentityConnector : public std::enable_shared_from_this<IdentityConnector> {
 public:
  IdentityConnector(std::shared_ptr<const GateOptions> options,
                    std::shared_ptr<ShopperLookup> lookup, std::shared_ptr<InteractionLog> log,
                    const Clock& clock, Observer& observer);

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  /// As in ScanConnector.
  struct Resolution {
    ScanDecision decision;
    http::Answer answer;
    std::string refusal = {};
  };

  [[nodiscard]] Resolution resolve(std::string_view body, SteadyTime now);
  [[nodiscard]] http::Answer too_many(SteadyTime now);

  std::shared_ptr<const GateOptions> options_;
  std::shared_ptr<ShopperLookup> lookup_;
  std::shared_ptr<InteractionLog> log_;
  const Clock& clock_;
  Observer& observer_;

  DocumentParser parser_;
  StoreIdCheck store_id_check_;
  CallerLimit caller_limit_;
};

}  // namespace gatehouse::gate
