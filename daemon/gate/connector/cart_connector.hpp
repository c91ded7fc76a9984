#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/interaction_log.hpp"
#include "daemon/gate/connector/log_limit.hpp"
#include "daemon/gate/connector/store_id_check.hpp"
#include "daemon/gate/decision/observer.hpp"
#include "daemon/gate/request/document.hpp"
#include "daemon/http/exchange.hpp"
#include "store/ledger/ledger_thread.hpp"

namespace gatehouse::gate {

/// POST /v1/order/purchases. Owned by a shared_ptr: a coroutine that waits for the ledger keeps it.
class CartConnector : public std::enable_shared_from_this<CartConnector> {
 public:
  CartConnector(std::shared_ptr<const GateOptions> options, store::LedgerThread& ledger,
                std::shared_ptr<InteractionLog> log, const Clock& clock,
                boost::asio::io_context& loop, Observer& observer);

  /// 201 only after the cart is on disk.
  [[nodiscard]] boost::asio::awaitable<http::Answer> answer(const http::Request& request);

 private:
  /// What is counted, and what is answered.
  struct Outcome {
    CartAnswer counted;
    http::Answer answer;
  };

  [[nodiscard]] std::expected<store::NewCart, FieldError> read(std::string_view body,
                                                               SteadyTime now);
  [[nodiscard]] boost::asio::awaitable<Outcome> record(store::NewCart cart);
  [[nodiscard]] Outcome acknowledge(const store::CartReceipt& receipt, std::string_view trip_id);
  [[nodiscard]] Outcome unavailable(std::string_view reason);

  std::shared_ptr<const GateOptions> options_;
  store::LedgerThread& ledger_;
  std::shared_ptr<InteractionLog> log_;
  const Clock& clock_;
  boost::asio::io_context& loop_;
  Observer& observer_;

  DocumentParser parser_;
  StoreIdCheck store_id_check_;
  LogLimit unavailable_log_limit_;
  LogLimit differing_log_limit_;
};

}  // namespace gatehouse::gate
