#include "daemon/gate/log_limit.hpp"

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
    ++swallowed_;
    return std::nullopt;
  }
  --tokens_;
  return std::exchange(swallowed_, 0);
}

std::string swallowed_note(std::uint64_t swallowed) {
  if (swallowed == 0) return {};
  return " (" + std::to_string(swallowed) + " more like this were not logged)";
}

}  // namespace gatehouse::gate
