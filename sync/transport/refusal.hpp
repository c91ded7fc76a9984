#pragma once

#include <string>
#include <string_view>

#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Why a signed request was not let in.
enum class RefusalCause {
  clock,          ///< the signature's time is too far from Amazon's: AWS allows 5 minutes
  token_expired,  ///< the keys were good once
  token_invalid,  ///< Amazon does not know the key or its token
  signature,      ///< the secret does not fit the key, or something changed the request on its way
  permission,     ///< Amazon knows who calls, and its policy does not allow the call
  address,        ///< API Gateway has no such path or method (it calls that a missing token)
  onboarding,     ///< a bare "Forbidden": permission, or an account that is not allow-listed
};

struct Refusal {
  RefusalCause cause = RefusalCause::onboarding;
  std::string text;  ///< what came and what to do; repeats nothing of the body but a role's name
};

/// Tells the reasons of a 403 (or of STS's 400) apart as far as the answer allows: by its fixed
/// words and error type, and by its Date against this machine's clock. The words are those that
/// AWS's own SDKs and API Gateway use; that JWO's services answer with them is inference
/// (services.md 1.4 and 1.2 name only permission and allow-listing). Pure; any bytes are safe.
/// `address_key`: the setting that holds the service's address.
[[nodiscard]] Refusal read_refusal(const Reply& reply,
                                   std::string_view address_key = "jwo.payments_url");

/// True: other keys could help, so they should be fetched anew at once.
[[nodiscard]] bool doubts_keys(RefusalCause cause);

/// Who was refused, from "User: ARN is not authorized to perform: …", without the session's name,
/// which can be a person's. '' : the message does not say it in that form.
[[nodiscard]] std::string caller_in(std::string_view message);

/// An answer's Date further from our clock than this makes the clock the likely reason: AWS takes a
/// signature for 5 minutes.
inline constexpr std::chrono::minutes clock_difference_max{5};

}  // namespace gatehouse::sync
