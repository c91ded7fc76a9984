#pragma once

#include <optional>
#include <string>

#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// One HTTP request of a program that waits for its answer.
struct BlockingCall {
  /// `timeout` is for all of it, the name and the connection too.
  Request request{};
  std::optional<std::string> unix_socket{};  ///< its path; nullopt: TCP, to the host of the URL
  /// PEM: the server's certificate must be signed by one of these, and by no other authority.
  /// '' : by one of the system's.
  std::string authorities_file{};
  /// DER: the server must show exactly this certificate, and it must be valid now; whoever signed
  /// it and whatever name it carries. '' : an authority must have signed it for the URL's host.
  std::string only_certificate{};
};

/// Why no answer came, as far as it makes a difference to who asked.
enum class CallFailure {
  none,
  not_permitted,       ///< the unix socket is not for this user
  timed_out,           ///< nobody answered within the timeout
  untrusted,           ///< the server's certificate is not one of those that are wanted
  certificate_wanted,  ///< the server asks for one of ours, and there is none or it is not taken
  tls,                 ///< another disagreement about TLS
  other
};

struct CallResult {
  Reply reply;  ///< `sent` says whether the request may have had its effect
  CallFailure failure = CallFailure::none;
};

/// Sends it over a connection of its own and waits for the answer. TLS 1.2 and above; the path is
/// sent as it is; a proxy is never used, whatever the environment says; redirects are not followed.
/// An empty path of a unix socket is an error, and never TCP.
[[nodiscard]] CallResult blocking_call(BlockingCall call);

}  // namespace gatehouse::sync
