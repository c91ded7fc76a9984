#include "daemon/gate/connector/log_limit.hpp"

#include <utility>

namespace gatehouse::gate {

std::optional<std::uint64_t> LogLimit::pass(SteadyTime now) {
  const auto gained = now > refilled_at_ ? (now - refilled_at_) / interval_ : 0;
  if (tokens_ + static_cast<std::uint64_t>(gained) >= burst_) {
    tokens_ = burst_;
    refilled_at_ = now;
  } else {
    tokens_ += static_cast<std::uint32_t>(gained);
    refilled_at_ += gained * interval_;
  }
  if (tokens_ == 0) {
    ++suppressed_;
    return std::nullopt;
  }
  --tokens_;
  return std::exchange(suppressed_, 0);
}

std::string suppressed_note(std::uint64_t suppressed) {
  if (suppressed == 0) return {};
  return " (" + std::to_string(suppressed) + " more like this were not logged)";
}

}  // namespace gatehouse::gate
