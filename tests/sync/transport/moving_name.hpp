#pragma once

#include <atomic>
#include <string_view>

namespace gatehouse::sync {

/// A name whose address a test changes. The program that this is linked into has a getaddrinfo() of
/// its own, which libcurl calls as well: it knows this name, and asks the system for all others.
struct MovingName {
  static constexpr std::string_view name = "moves.test";
  static inline std::atomic<const char*> address = "127.0.0.1";  ///< of IPv4, as text
};

}  // namespace gatehouse::sync
