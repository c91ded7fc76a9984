#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "store/values/time.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Whether a price must name the ledger that may charge it. Where two boxes may get one cart it
/// must: docs/feed-and-cloud.md.
enum class GrantRule { optional, required };

/// The retailer's cloud, where carts and payment records go.
struct CloudOptions {
  std::string url;  ///< '' : nothing can be delivered, everything waits
  Login login;
  std::optional<AwsSigning> signing{};  ///< nullopt: not signed. Without keys everything waits

  [[nodiscard]] bool lacks_keys() const { return signing && !signing->has_keys(); }

  std::size_t max_in_flight = 16;
  /// For the whole of one delivery. API Gateway, which most retailers answer through, gives its
  /// service 29 s: who gives up earlier sends again what is still being worked on.
  milliseconds timeout{30'000};
  GrantRule grant = GrantRule::optional;
};

}  // namespace gatehouse::sync
