#include "daemon/log/log_limit.hpp"

#include <utility>

namespace gatehouse::log {

std::optional<std::uint64_t> LogLimit::pass(SteadyTime now) {
  if (bucket_.take(rate_, now)) return std::exchange(suppressed_, 0);
  ++suppressed_;
  return std::nullopt;
}

std::string suppressed_note(std::uint64_t suppressed) {
  if (suppressed == 0) return {};
  return " (" + std::to_string(suppressed) + " more like this were not logged)";
}

}  // namespace gatehouse::log
