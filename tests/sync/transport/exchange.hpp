#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "sync/transport/curl_transport.hpp"

namespace gatehouse::sync {

inline std::unique_ptr<CurlTransport> open_transport(CurlTransportOptions options = {}) {
  auto transport = CurlTransport::open(options);
  EXPECT_TRUE(transport.has_value());
  return transport ? std::move(*transport) : nullptr;
}

/// Polls until `condition` holds. False: it did not within 10 s.
template <class Condition>
[[nodiscard]] bool poll_until(CurlTransport& transport, const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    transport.poll(std::chrono::milliseconds{50});
  }
  return true;
}

/// Sends one request and waits for its reply.
inline Reply exchange(CurlTransport& transport, Request request) {
  std::optional<Reply> reply;
  transport.start(std::move(request), [&reply](Reply came) { reply = std::move(came); });
  EXPECT_FALSE(reply.has_value()) << "the reply came from inside start()";
  EXPECT_TRUE(poll_until(transport, [&reply] { return reply.has_value(); })) << "no reply in 10 s";
  return reply.value_or(Reply{});
}

inline Request get(std::string url) {
  Request request;
  request.method = "GET";
  request.url = std::move(url);
  request.timeout = std::chrono::milliseconds{5'000};
  return request;
}

inline Request post(std::string url, std::string body) {
  Request request = get(std::move(url));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

}  // namespace gatehouse::sync
