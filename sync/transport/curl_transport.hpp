#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "store/values/result.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

struct CurlTransportOptions {
  /// Requests at once, over all destinations; each has a connection of its own. One more is
  /// answered `Sent::no` with the reason. (curl could let it wait for a connection, but would not
  /// time it out meanwhile.)
  std::size_t in_flight_max = 256;
  /// For name, connection and TLS together; a request with a shorter timeout has that.
  std::chrono::milliseconds connect_timeout{5'000};
  /// Then a connection carries no further request, however busy it is: where the name has moved,
  /// the next one goes to the new address, though the old one still answers.
  std::chrono::seconds connection_life_max{300};
  /// For so long a name is not asked for again by a new connection.
  std::chrono::seconds name_life_max{60};
};

/// Transport over one libcurl multi handle: HTTP/1.1, kept-alive connections, TLS verified, http
/// and https only, redirects never followed. A proxy is taken from the environment (https_proxy).
///
/// `Sent` follows one fact: whether curl was about to write the request on an open connection. Only
/// if it never was, the answer is `no`. A POST is written at most once for each start(): curl's
/// silent repetition on a fresh connection, when a kept-alive one broke, is refused (`maybe`),
/// because a capture must not be repeated unasked. A GET may be repeated that way.
///
/// One thread owns it (the sync thread); only wake() is thread-safe.
class CurlTransport final : public Transport {
 public:
  /// Remedy::retry where libcurl has no memory for it.
  [[nodiscard]] static Result<std::unique_ptr<CurlTransport>> open(
      CurlTransportOptions options = {});
  /// Drops what is in flight: no `done` is called.
  ~CurlTransport() override;

  /// A request that breaks the contract (an empty or unclean header, another method, a signed URL
  /// outside what can be signed) is answered `Sent::no` with the reason.
  std::uint64_t start(Request request, Done done) override;
  void cancel(std::uint64_t id) override;
  /// Raises CurlTransportOptions::in_flight_max; a lower one changes nothing, because what is in
  /// flight by the old one must not keep others from starting.
  void allow_in_flight(std::size_t in_flight_max);

  /// Waits up to `wait_max` for the network or wake(), moves everything on, and calls the `done` of
  /// what has ended. `done` may call start() and cancel(), but not poll().
  void poll(std::chrono::milliseconds wait_max);
  /// Ends the wait of poll(), or of the next one. Thread-safe.
  void wake() noexcept;

  [[nodiscard]] std::size_t in_flight() const noexcept;

 private:
  struct State;
  explicit CurlTransport(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::sync
