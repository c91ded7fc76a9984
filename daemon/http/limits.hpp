#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace gatehouse::http {

/// Each limit with what happens at it.
struct Limits {
  std::size_t body_max_bytes = 1024 * 1024;  ///< 413
  /// Of all bodies above small_body_bytes that are being received or handled, together (but never
  /// less than two of the largest): 503, then closed. A body counts from its announcement on, a
  /// chunked one as it grows, until it is answered. A sixteenth of what the unit allows the daemon
  /// (MemoryMax=1G): a cart is held up to three more times on its way to the disk.
  std::size_t bodies_max_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t header_max_bytes = 16 * 1024;       ///< 431
  std::size_t connections_max = 1024;             ///< 503, then closed
  std::chrono::milliseconds request_max{10'000};  ///< to send one request, from its first byte: 408
  std::chrono::milliseconds idle_max{60'000};     ///< between requests: closed without a word
  std::chrono::milliseconds write_max{10'000};    ///< to take one answer: closed
  /// What a connection that never asked anything has left to do so once the server drains: closed
  std::chrono::milliseconds first_request_grace{500};
};

/// What the listener itself decided, for metrics and rate-limited logs.
enum class ServerEvent {
  accepted,
  closed,
  connection_refused,  ///< connections_max reached
  accept_failed,       ///< e.g. EMFILE; accepting goes on after a short pause
  header_too_large,
  body_too_large,
  request_timed_out,
  bad_request,
  handler_failed,
  tls_failed,
  bodies_full,  ///< bodies_max_bytes reached
};
using Observer = std::function<void(ServerEvent)>;

}  // namespace gatehouse::http
