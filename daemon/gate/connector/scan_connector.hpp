#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/shopper_lookup.hpp"
#include "daemon/gate/connector/store_id_check.hpp"
#include "daemon/gate/decision/observer.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/http/exchange.hpp"

namespace gatehouse::gate {

/// POST /v1/identity/scan. Owned by a shared_ptr: a coroutine that waits for the cloud keeps it.
class ScanConnector : public std::enable_shared_from_this<ScanConnector> {
 public:
  ScanConnector(std::shared_ptr<const GateOptions> options, std::shared_ptr<ShopperLookup> lookup,
                std::shared_ptr<InteractionLog> log, const Clock& clock, Observer& observer);

  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  /// All that is known without the cloud. `answer` is final unless the verdict is ask_cloud, and
  /// then it is what counts if the cloud stays silent.
  struct Resolution {
    ScanDecision decision;
    http::Answer answer;
    std::string refusal = {};  ///< why it is a 400
  };

  [[nodiscard]] Resolution resolve(std::string_view body, SteadyTime now);
  [[nodiscard]] std::string_view accepted_id(const ShopperLookup::Match& match) const;

  std::shared_ptr<const GateOptions> options_;
  std::shared_ptr<ShopperLookup> lookup_;
  std::shared_ptr<InteractionLog> log_;
  const Clock& clock_;
  Observer& observer_;

  DocumentParser parser_;
  StoreIdCheck store_id_check_;
};

}  // namespace gatehouse::gate
