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

/// Who refused, for the text, and which settings lead there.
struct Refuser {
  std::string_view name = "Amazon";
  std::string_view address_key = "jwo.payments_url";  ///< the setting that holds its address
  std::string_view region_key = "jwo.region";
  bool is_amazons = true;  ///< false: the retailer's own API, whose account needs no allow-listing
};

/// Tells the reasons of a 403 (or of STS's 400) apart as far as the answer allows: by its fixed
/// words and error type, and by its Date against this machine's clock. The words are those that
/// AWS's own SDKs and API Gateway use; that JWO's services answer with them is inference
/// (services.md 1.4 and 1.2 name only permission and allow-listing). Pure; any bytes are safe.
[[nodiscard]] Refusal read_refusal(const Reply& reply, const Refuser& refuser);
/// The same of Amazon's services. `address_key`: the setting that holds the service's address.
[[nodiscard]] Refusal read_refusal(const Reply& reply,
                                   std::string_view address_key = "jwo.payments_url");

/// Whether the answer to a signed request is about who signed it, and not about what was asked:
/// 401, 403, and any other 4xx whose x-amzn-ErrorType names the signature, its time or its keys
/// (the owner of an API can give API Gateway's own answers another status).
[[nodiscard]] bool refuses_signature(const Reply& reply);

/// Whether a signed request was refused because of the time in its signature: surely nothing was
/// done, nothing is wrong with it, and the same call passes once the clock is right. 401 and 403:
/// as read_refusal() says. A 400 is the service's own word where it is anything else, so it has to
/// name AWS's error of the time, as a word of its own, or one of the signature while Date shows
/// that our clock is off. An answer whose Date agrees with our clock refuses nothing for its time.
/// Pure; any bytes are safe.
[[nodiscard]] bool is_refused_for_its_time(const Reply& reply);

/// The same, or a call that did not leave for the dates of a certificate: it counts as no attempt.
[[nodiscard]] bool failed_for_its_time(const Reply& reply);

/// True: other keys could help, so they should be fetched anew at once.
[[nodiscard]] bool doubts_keys(RefusalCause cause);

/// Who was refused, from "User: ARN is not authorized to perform: …", without the session's name,
/// which can be a person's. '' : the message does not say it in that form.
[[nodiscard]] std::string caller_in(std::string_view message);

/// An answer's Date further from our clock than this makes the clock the likely reason: AWS takes a
/// signature for 5 minutes.
inline constexpr std::chrono::minutes clock_difference_max{5};

}  // namespace gatehouse::sync
