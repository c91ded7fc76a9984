#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::local {

enum class Action {
  page,
  alive,
  ready,
  scans_ready,
  carts_ready,
  metrics,
  status,
  trip,
  trips,
  records,
  refused_cart,
  refused_bytes,
  forward_refused,
  drop_refused,
  charge,
  refund,
  hold,
  release,
  cancel,
  capture_authorised,
  decide,
  settled,
  retry,
  decide_record,
  retry_all,
  release_all,
  decide_all,
  accept_ledger,
  evidence_sound,
  verify_ledger
};

/// A request's target: its path in segments and its query, percent-decoded.
struct Target {
  std::vector<std::string> path;
  std::vector<std::pair<std::string, std::string>> query;
};
/// nullopt: it is no path, or not decodable.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

struct Routed {
  std::optional<Action> action;  ///< none: see `allow`
  bool guarded = false;          ///< changes something, or shows a payload: for an operator alone
  std::string argument;          ///< the trip or record that the path names
  std::string allow;  ///< no action: the methods that this path has, '' where there is no such path
};
/// HEAD is GET; the server leaves the body away.
[[nodiscard]] Routed route(std::string_view method, const Target& target);

}  // namespace gatehouse::local
