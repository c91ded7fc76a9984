#pragma once

namespace gatehouse::gate {

/// What `id` an accepted scan is answered with. The FAQ's example answers the decoded code itself;
/// Amazon echoes it as scanResult.id in the cart.
enum class AcceptedId { code, shopper };

/// What an authorization is answered where the cache gives nothing to decide by.
enum class AuthorizationFallback { recommendation, accept, deny };

/// What the operator chose for authorizations.
struct AuthorizationPolicy {
  bool deny_outstanding = true;
  AuthorizationFallback fallback = AuthorizationFallback::recommendation;
};

}  // namespace gatehouse::gate
