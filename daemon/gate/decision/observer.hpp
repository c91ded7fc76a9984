#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace gatehouse::gate {

/// Of a scan, and of an identity key.
enum class ScanOutcome {
  accepted,
  unknown,
  blocked,
  stale,         ///< refused because the cache is too old (gate.when_stale)
  asked_cloud,   ///< the cloud's own answer was passed on
  cache_failed,  ///< the cache could not be read: refused, or the cloud was asked and did not
                 ///< answer
  expired,       ///< refused because the code's own time is too old (gate.code_max_age)
  invalid,       ///< 400
};
enum class CartAnswer { recorded, repeated, differing, invalid, unavailable };
enum class DetailsAnswer { found, not_found, asked_cloud, invalid, unavailable };
enum class AuthorizationAnswer {
  authorized,
  adjusted,  ///< authorized, with a condition
  denied,
  fallback,  ///< whatever it was: the cache could not say, gate.authorization_fallback did
  invalid,   ///< 400
};

// The labels of metrics and the reasons of log lines, in the order of the enumerations.
inline constexpr auto scan_outcome_names =
    std::to_array<const char*>({"accepted", "unknown", "blocked", "stale", "asked_cloud",
                                "cache_failed", "expired", "invalid"});
inline constexpr auto cart_answer_names =
    std::to_array<const char*>({"recorded", "repeated", "differing", "invalid", "unavailable"});
inline constexpr auto details_answer_names =
    std::to_array<const char*>({"found", "not_found", "asked_cloud", "invalid", "unavailable"});
inline constexpr auto authorization_answer_names =
    std::to_array<const char*>({"authorized", "adjusted", "denied", "fallback", "invalid"});
static_assert(scan_outcome_names.size() == static_cast<std::size_t>(ScanOutcome::invalid) + 1);
static_assert(cart_answer_names.size() == static_cast<std::size_t>(CartAnswer::unavailable) + 1);
static_assert(details_answer_names.size() ==
              static_cast<std::size_t>(DetailsAnswer::unavailable) + 1);
static_assert(authorization_answer_names.size() ==
              static_cast<std::size_t>(AuthorizationAnswer::invalid) + 1);

/// What the gate did, for metrics. Called on the gate thread, must be cheap.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void scan_answered(ScanOutcome outcome, std::chrono::nanoseconds took) = 0;
  virtual void identity_answered(ScanOutcome outcome, std::chrono::nanoseconds took) = 0;
  virtual void details_answered(DetailsAnswer answer, std::chrono::nanoseconds took) = 0;
  virtual void authorization_answered(AuthorizationAnswer answer,
                                      std::chrono::nanoseconds took) = 0;
  virtual void cart_answered(CartAnswer answer, std::chrono::nanoseconds took) = 0;
  /// 404, 405, 401, 429: anything that no connector looked at.
  virtual void request_refused(unsigned status) = 0;
};

}  // namespace gatehouse::gate
