#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/money.hpp"

namespace gatehouse::simulator {

/// The body of a call to the JWO payment service, checked against services.md 1.3: types, lengths,
/// formats, and that an amount is a JSON number with at most the currency's decimals.
struct PaymentRequest {
  std::string store_id;
  std::string trip_id;
  std::optional<Money> amount{};
};

enum class AmountRule { none, required, positive };

/// nullopt is Amazon's BadRequestException.
[[nodiscard]] std::optional<PaymentRequest> read_payment_request(std::string_view body,
                                                                 AmountRule rule);

}  // namespace gatehouse::simulator
