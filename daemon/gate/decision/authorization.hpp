#pragma once

#include <string>
#include <string_view>

#include "daemon/gate/decision/counted.hpp"
#include "daemon/gate/decision/operator_choices.hpp"
#include "daemon/gate/request/authorization_request.hpp"
#include "store/cache/records.hpp"

namespace gatehouse::gate {

/// What the cache says of an instrument. `unavailable`: it cannot be read, or is not believed
/// because it is stale (gate.when_stale).
enum class InstrumentFinding { known, unknown, unavailable };

struct AuthorizationDecision {
  Authorization authorization;
  AuthorizationAnswer counted = AuthorizationAnswer::denied;
  std::string_view reason;  ///< a literal for the log

  bool operator==(const AuthorizationDecision&) const = default;
};

/// Whether the shopper may enter, by the first line that applies (cases 7a of connectors.md 6.3):
///
///   the cache is unavailable          the operator's fallback                        (7a.16)
///   the store says decision deny      denied, with the store's risks                 (7a.9)
///   the store says decision accept    authorized, adjusted where it says authorize   (7a.8)
///   the store lists risks             denied, with them                              (7a.2, 4, 5)
///   something is outstanding          denied, with BadDebt (unless deny_outstanding is off)
///                                                                                    (7a.11)
///   Amazon recommends to deny         denied, with its risks                         (7a.2, 4-6)
///   the store's newest word about it  the operator's fallback: nothing that can be read is held
///   cannot be understood              against it, and more may be                    (7a.16)
///   the store says authorize          authorized, adjusted to that                   (7a.3, 7a.10)
///   Amazon recommends to authorize    as recommended, conditions and all             (7a.1, 7a.3)
///   nobody says anything              authorized: Amazon has authenticated the shopper, and holds
///                                     a pre-authorisation
///
/// `authorize` counts only in the currency of the request's authorizedAmount, or where that is
/// missing. BadDebt for an outstanding balance is inference, as is that a fallback to a
/// recommendation that did not come authorizes.
[[nodiscard]] AuthorizationDecision authorize(const AuthorizationRequest& request,
                                              InstrumentFinding finding,
                                              const store::Instrument& instrument,
                                              const AuthorizationPolicy& policy);

/// {"shopperAuthorized":…,"authorizationConditions":[{"type":"ADJUST","amount":{"value":…,
/// "currencyCode":…}}],"shopperRisks":[…]}. Amazon's pages do not show the answer of this call;
/// that it has the shape of their `recommendation` is inference.
[[nodiscard]] std::string authorization_answer(const Authorization& authorization);

}  // namespace gatehouse::gate
