#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gatehouse::local {

enum class Severity {
  notice,    ///< works as configured, and is worth knowing
  warning,   ///< needs a look today
  critical,  ///< money or carts are at risk, or the gate does not answer: act now
};
[[nodiscard]] std::string_view to_text(Severity severity);

struct Warning {
  std::string code;  ///< stable, lower_snake_case; each is in docs/runbook.md
  Severity severity = Severity::notice;
  std::string text;     ///< what is the matter, and what to do
  std::string about{};  ///< tells warnings of one code apart: a key of the configuration, or ''
};

/// From here on the approaching end of the time to charge (jwo.charge_window) is critical, and from
/// here on it is the last call.
inline constexpr std::chrono::hours charge_window_alarm{6};
inline constexpr std::chrono::hours charge_window_last_call{1};
/// How long a trip that was never charged is a critical matter; then it is a notice.
inline constexpr std::chrono::days expired_recently{7};
/// A delivery that waits longer than this is worth a look, although nothing is lost.
inline constexpr std::chrono::minutes pending_long{15};
/// So long a first request under an idempotency key may take to be worked on.
inline constexpr std::chrono::minutes key_conflict_long{10};
/// A price that has not come for so long after the trip began.
inline constexpr std::chrono::hours price_late{4};

/// How long a request that was turned away for want of memory is worth a warning.
inline constexpr std::chrono::minutes bodies_refused_recently{15};

/// Keys that could not be renewed and expire within this are a warning, and within the second one
/// critical: charges wait from then on.
inline constexpr std::chrono::hours keys_expire_soon{24};
inline constexpr std::chrono::minutes keys_expire_alarm{15};

}  // namespace gatehouse::local
