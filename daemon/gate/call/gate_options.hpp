#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/gate/decision/operator_choices.hpp"
#include "daemon/gate/request/cart_rules.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"

namespace gatehouse::gate {

class CodeTime;

/// A disk that takes longer for a cart gets a 503, before an API Gateway in front gives up (29 s,
/// connectors.md 9). The cart may still be recorded: its repetition then answers 201.
inline constexpr std::chrono::seconds cart_wait_max{20};

struct GateOptions {
  std::string store_id;
  std::vector<std::string> also_known_as;
  AcceptedId accepted_id = AcceptedId::code;
  milliseconds stale_after{0};  ///< age of the cache above which it is stale; 0: never
  bool reject_when_stale = false;
  sync::SettlementMode settlement = sync::SettlementMode::none;
  std::string bearer_token;  ///< '' : none demanded
  milliseconds ask_cloud_deadline{300};
  std::string path_prefix;                ///< in front of every route: '' or "/prod"
  std::vector<std::string> key_channels;  ///< what keyChannel may be; none: anything
  CartRules cart_rules;
  std::size_t identity_keys_per_second = 0;   ///< of one caller; 0: no limit
  std::shared_ptr<const CodeTime> code_time;  ///< null: a code's own time is not looked at
  milliseconds code_max_age{60'000};
  bool shopper_authorization = true;  ///< false: that connector is 404
  AuthorizationPolicy authorization;
  std::size_t log_calls_per_second = 0;  ///< 0: none (interaction_log.hpp)
};

/// Called exactly once, on any thread, with the JSON body of a 200 or nullopt (no answer in time,
/// not a 200).
using CloudAnswered = std::function<void(std::optional<std::string>)>;
/// Asks the retailer's cloud about whoever the cache does not know, with the same JWO request on
/// the same path (without gate.path_prefix). What comes after the deadline is ignored. Unset:
/// gate.unknown_shopper is "reject".
using AskCloud = std::move_only_function<void(std::string path, std::string body,
                                              milliseconds deadline, CloudAnswered done)>;

/// What may be believed of time, asked at each call that it matters to; on the gate thread, and
/// must not block. Unset: the wall clock is right.
struct ClockWord {
  bool confirmed = true;  ///< the wall clock may refuse
  /// When the cache was in step with the feed in this run; nullopt: not yet.
  std::optional<SteadyTime> synced_at{};
};
using AskClock = std::move_only_function<ClockWord() const>;

}  // namespace gatehouse::gate
