#include "daemon/local/request/routes.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>

namespace gatehouse::local {
namespace {

struct Route {
  std::string_view method;
  std::vector<std::string_view> path;  ///< "*": any text that is not empty
  Action action;
};

const std::vector<Route>& routes() {
  static const std::vector<Route> all = {
      {"GET", {}, Action::page},
      {"GET", {"healthz"}, Action::alive},
      {"GET", {"readyz"}, Action::ready},
      {"GET", {"readyz", "scans"}, Action::scans_ready},
      {"GET", {"readyz", "carts"}, Action::carts_ready},
      {"GET", {"metrics"}, Action::metrics},
      {"GET", {"local", "v1", "status"}, Action::status},
      {"GET", {"local", "v1", "trips", "*"}, Action::trip},
      {"GET", {"local", "v1", "trips"}, Action::trips},
      {"GET", {"local", "v1", "records"}, Action::records},
      {"GET", {"local", "v1", "refused-carts", "*"}, Action::refused_cart},
      {"GET", {"local", "v1", "refused-carts", "*", "cart"}, Action::refused_bytes},
      {"POST", {"local", "v1", "refused-carts", "*", "forward"}, Action::forward_refused},
      {"POST", {"local", "v1", "refused-carts", "*", "drop"}, Action::drop_refused},
      {"POST", {"local", "v1", "trips", "*", "charge"}, Action::charge},
      {"POST", {"local", "v1", "trips", "*", "refund"}, Action::refund},
      {"POST", {"local", "v1", "trips", "*", "hold"}, Action::hold},
      {"POST", {"local", "v1", "trips", "*", "release"}, Action::release},
      {"POST", {"local", "v1", "trips", "*", "cancel"}, Action::cancel},
      {"POST", {"local", "v1", "trips", "*", "capture-authorised"}, Action::capture_authorised},
      {"POST", {"local", "v1", "trips", "*", "decide"}, Action::decide},
      {"POST", {"local", "v1", "trips", "*", "settled"}, Action::settled},
      {"POST", {"local", "v1", "records", "*", "retry"}, Action::retry},
      {"POST", {"local", "v1", "records", "*", "decide"}, Action::decide_record},
      {"POST", {"local", "v1", "records", "retry"}, Action::retry_all},
      {"POST", {"local", "v1", "trips", "release"}, Action::release_all},
      {"POST", {"local", "v1", "trips", "decide"}, Action::decide_all},
      {"POST", {"local", "v1", "ledger", "accept"}, Action::accept_ledger},
      {"POST", {"local", "v1", "ledger", "evidence-sound"}, Action::evidence_sound},
      {"POST", {"local", "v1", "ledger", "verify"}, Action::verify_ledger},
  };
  return all;
}

bool segment_fits(std::string_view pattern, const std::string& segment) {
  return pattern == "*" ? !segment.empty() : pattern == segment;
}

std::string argument_of(const Route& route, const Target& target) {
  const auto star = std::ranges::find(route.path, "*");
  if (star == route.path.end()) return "";
  return target.path[static_cast<std::size_t>(star - route.path.begin())];
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  const auto url = boost::urls::parse_origin_form(text);
  if (!url) return std::nullopt;
  Target target;
  for (const auto& segment : url->segments()) target.path.push_back(segment);
  for (const auto& param : url->params()) target.query.emplace_back(param.key, param.value);
  return target;
}

Routed route(std::string_view method, const Target& target) {
  Routed routed;
  for (const Route& candidate : routes()) {
    if (!std::ranges::equal(candidate.path, target.path, segment_fits)) continue;
    if (candidate.method == method || (candidate.method == "GET" && method == "HEAD")) {
      const bool guarded = candidate.method == "POST" || candidate.action == Action::refused_bytes;
      return {candidate.action, guarded, argument_of(candidate, target), ""};
    }
    routed.allow = candidate.method == "GET" ? "GET, HEAD" : std::string(candidate.method);
  }
  return routed;
}

}  // namespace gatehouse::local
