#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::sync {

/// Sign the request with AWS Signature Version 4 (FAQ: the same IAM auth for every JWO call).
struct AwsSigning {
  std::string region;
  std::string service;  ///< "execute-api" for JWO, and for a retailer's API Gateway
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< '' for long-lived keys

  [[nodiscard]] bool has_keys() const {
    return !access_key_id.empty() && !secret_access_key.empty();
  }
  bool operator==(const AwsSigning&) const = default;
};

/// How to present ourselves to the retailer's cloud.
struct Login {
  std::string basic;                    ///< "user:password", or ''
  std::string bearer;                   ///< token, or ''
  std::string client_certificate_file;  ///< PEM, with client_key_file: mTLS
  std::string client_key_file;
  std::string ca_file;  ///< PEM, trusted beside the system's authorities; ''
};

struct Request {
  std::string method;  ///< "GET" or "POST"
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  ///< none with an empty value
  std::string body;
  std::chrono::milliseconds timeout{10'000};
  std::size_t answer_max_bytes = 1024 * 1024;  ///< a longer answer is an error, never truncated
  Login login;
  std::optional<AwsSigning> signing;
};

enum class Sent {
  no,        ///< the request surely did not arrive: not resolved, not connected, TLS refused
  maybe,     ///< it may have had its effect: time-out or broken connection after sending began
  answered,  ///< a complete HTTP answer came
};

struct Reply {
  Sent sent = Sent::no;
  int status = 0;  ///< 0 unless answered
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
  /// How far this machine's clock is ahead of the answer's `Date`; nullopt: it has none.
  std::optional<std::chrono::seconds> clock_ahead{};
  std::string error_type{};  ///< AWS's `x-amzn-ErrorType`, letters alone; '' : none
  std::string error;         ///< what went wrong, without URL credentials; '' when answered
  bool too_large = false;    ///< the answer passed `answer_max_bytes`; `sent` is `maybe`
  /// TLS failed because a certificate of the far side is not valid yet, or no longer: one of the
  /// two clocks is wrong, or nobody renewed it. `sent` is `no`.
  bool certificate_dates = false;
};

/// Sends requests from the sync thread and gives each reply exactly once. Not thread-safe.
/// Implementations: curl (sync/transport/curl_transport.hpp) and the simulated network of the
/// tests.
class Transport {
 public:
  virtual ~Transport() = default;
  using Done = std::function<void(Reply)>;
  /// `done` is called later, from the loop, never from inside start().
  virtual std::uint64_t start(Request request, Done done) = 0;
  /// Forgets a request; its `done` is never called. What was sent may still have its effect.
  virtual void cancel(std::uint64_t id) = 0;
};

}  // namespace gatehouse::sync
