#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::bench {

/// What a load run saw. Latency is from the first byte written to the last byte read.
struct LoadResult {
  std::uint64_t requests = 0;
  std::uint64_t unexpected = 0;  ///< answers with another status than the expected one
  double seconds = 0;
  std::vector<std::uint32_t> latency_us;  ///< sorted

  [[nodiscard]] double per_second() const { return static_cast<double>(requests) / seconds; }
  /// The latency that `share` (0.99) of all requests did not exceed.
  [[nodiscard]] std::uint32_t percentile_us(double share) const;
};

/// Sends `requests` (whole HTTP messages, taken in turn) over `connections` keep-alive connections
/// to 127.0.0.1:port, each waiting for its answer before the next, for `duration` or until each was
/// sent once when `once` is set. Plain epoll, so that the load costs less than what is measured.
/// Throws std::runtime_error when a connection breaks.
[[nodiscard]] LoadResult run_load(unsigned short port, const std::vector<std::string>& requests,
                                  std::size_t connections, std::chrono::milliseconds duration,
                                  int expected_status, bool once = false);

}  // namespace gatehouse::bench
