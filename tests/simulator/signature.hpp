#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/values/time.hpp"

namespace gatehouse::simulator {

/// A request as it arrived, for AWS Signature Version 4.
struct SignedRequest {
  std::string_view method;
  std::string_view target;  ///< path and query as sent
  std::string_view body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< as sent, repeated ones repeated
};

/// Whose signature is expected, and for what.
struct SigningScope {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< '' for long-lived keys
  std::string region;
  std::string service;
};

/// How API Gateway refuses: always with 403 and {"message": …}.
struct SignatureRefusal {
  std::string error_type;  ///< header x-amzn-ErrorType
  std::string message;
};

/// Checks as API Gateway does: nullopt where the request is signed by `scope`'s keys, for its
/// region and service, with the session token (if there is one) sent and signed, and within 5
/// minutes of `now`. The algorithm is that of the public "AWS Signature Version 4 signing process"
/// for services other than S3: path normalised and percent-encoded once more. What is refused first
/// where several things are wrong is our choice: missing, malformed, key and token, scope, age,
/// and last the signature itself.
[[nodiscard]] std::optional<SignatureRefusal> check_signature(const SignedRequest& request,
                                                              const SigningScope& scope,
                                                              WallTime now);

/// The canonical request over the named headers (lower case, sorted).
[[nodiscard]] std::string canonical_request(const SignedRequest& request,
                                            const std::vector<std::string>& signed_headers);

/// The hexadecimal signature of a request at `amz_date` ("20150830T123600Z").
[[nodiscard]] std::string signature_of(const SignedRequest& request,
                                       const std::vector<std::string>& signed_headers,
                                       std::string_view amz_date, const SigningScope& scope);

}  // namespace gatehouse::simulator
