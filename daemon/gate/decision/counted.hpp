#pragma once

#include <array>
#include <cstddef>
#include <span>
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

/// What became of a cart that was answered 400.
enum class RefusedKeeping {
  kept,
  repeated,     ///< it is kept already
  full,         ///< not kept, as all that follow: all that may be kept is
  caller_full,  ///< the share of its caller is used up
  too_many,     ///< too many of them waited for the disk
  failed,       ///< the ledger could not be written
};

// The labels of metrics and the reasons of log lines, in the order of the enumerations.
inline constexpr auto refused_keeping_words = std::to_array<std::string_view>(
    {"kept", "repeated", "full", "caller_full", "too_many", "failed"});
static_assert(refused_keeping_words.size() == static_cast<std::size_t>(RefusedKeeping::failed) + 1);
inline constexpr auto scan_outcome_words =
    std::to_array<std::string_view>({"accepted", "unknown", "blocked", "stale", "asked_cloud",
                                     "cache_failed", "expired", "invalid"});
inline constexpr auto cart_answer_words = std::to_array<std::string_view>(
    {"recorded", "repeated", "differing", "invalid", "unavailable"});
inline constexpr auto details_answer_words = std::to_array<std::string_view>(
    {"found", "not_found", "asked_cloud", "invalid", "unavailable"});
inline constexpr auto authorization_answer_words =
    std::to_array<std::string_view>({"authorized", "adjusted", "denied", "fallback", "invalid"});
static_assert(scan_outcome_words.size() == static_cast<std::size_t>(ScanOutcome::invalid) + 1);
static_assert(cart_answer_words.size() == static_cast<std::size_t>(CartAnswer::unavailable) + 1);
static_assert(details_answer_words.size() ==
              static_cast<std::size_t>(DetailsAnswer::unavailable) + 1);
static_assert(authorization_answer_words.size() ==
              static_cast<std::size_t>(AuthorizationAnswer::invalid) + 1);

/// How long an answer takes, where nothing is wrong.
enum class Pace {
  cache,  ///< microseconds, and up to gate.ask_cloud_deadline from the cloud
  disk,   ///< an fsync
};

/// What is counted of the calls of one connector, and what that is called.
struct CallNames {
  std::string_view
      metric;  ///< of one call: gatehouse_<metric>s_total and _<metric>_duration_seconds
  std::string_view status;  ///< of all of them, in the status
  std::string_view help;
  std::string_view label;                   ///< what the words are the values of
  std::span<const std::string_view> words;  ///< of an enumeration above
  Pace pace = Pace::cache;
};

inline constexpr CallNames scan_names{.metric = "scan",
                                      .status = "scans",
                                      .help = "Identity scans",
                                      .label = "outcome",
                                      .words = scan_outcome_words};
inline constexpr CallNames identity_names{.metric = "identity_key",
                                          .status = "identityKeys",
                                          .help = "Identity keys",
                                          .label = "outcome",
                                          .words = scan_outcome_words};
inline constexpr CallNames details_names{.metric = "scan_detail",
                                         .status = "scanDetails",
                                         .help = "Questions for scan details",
                                         .label = "answer",
                                         .words = details_answer_words};
inline constexpr CallNames authorization_names{.metric = "shopper_authorization",
                                               .status = "shopperAuthorizations",
                                               .help = "Shopper authorizations",
                                               .label = "answer",
                                               .words = authorization_answer_words};
inline constexpr CallNames cart_names{.metric = "cart",
                                      .status = "carts",
                                      .help = "Carts, recorded ones on disk",
                                      .label = "answer",
                                      .words = cart_answer_words,
                                      .pace = Pace::disk};

}  // namespace gatehouse::gate
