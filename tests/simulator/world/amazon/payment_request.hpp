#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/values/money.hpp"

namespace gatehouse::simulator {

/// The body of a call to the JWO payment service, checked against services.md 1.3: types, lengths,
/// formats, and that an amount is a JSON number with at most the currency's decimals.
struct PaymentRequest {
  std::string store_id;
  std::string trip_id;
  std::optional<Money> amount{};
};

enum class AmountRule { none, required, positive };

/// nullopt is Amazon's BadRequestException, here and below.
[[nodiscard]] std::optional<PaymentRequest> read_payment_request(std::string_view body,
                                                                 AmountRule rule);

/// services.md 2.4.
struct RefundRequest {
  PaymentRequest call;
  std::string refund_request_id;
};
[[nodiscard]] std::optional<RefundRequest> read_refund_request(std::string_view body);

/// services.md 2.6.
struct ShopperRequest {
  std::string store_id;
  std::string shopper_id;
};
[[nodiscard]] std::optional<ShopperRequest> read_shopper_request(std::string_view body);

/// services.md 5.
struct StatusReport {
  std::string store_id;
  std::string trip_id;
  Money total;
  Money settled;
};
[[nodiscard]] std::optional<StatusReport> read_status_report(std::string_view body);

}  // namespace gatehouse::simulator
