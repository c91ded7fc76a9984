#include "tests/simulator/world/scenario.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <variant>

namespace gatehouse::simulator {
namespace {

using Probability = double EndpointFaults::*;
using Number = std::int64_t EndpointFaults::*;
using Scope = bool (*)(Endpoint);

bool anywhere(Endpoint) {
  return true;
}
bool at_jwo(Endpoint endpoint) {
  const auto target = route_of(endpoint).target;
  return target == Target::payments || target == Target::checkout;
}
bool at_jwo_with_trip(Endpoint endpoint) {
  return at_jwo(endpoint) && endpoint != Endpoint::shopper_identity;
}
bool at_adjust(Endpoint endpoint) {
  return endpoint == Endpoint::adjust;
}
bool at_checkout(Endpoint endpoint) {
  return endpoint == Endpoint::carts;
}
bool at_payment_status(Endpoint endpoint) {
  return endpoint == Endpoint::payment_status;
}

struct Key {
  std::string_view name;
  std::variant<Probability, Number> field;
  Scope scope = anywhere;
};
using Each = EndpointFaults;
const std::array keys = std::to_array<Key>({
    {"latency_ms", &Each::latency_ms},
    {"jitter_ms", &Each::jitter_ms},
    {"http_429", &Each::http_429},
    {"retry_after_s", &Each::retry_after_s},
    {"http_500", &Each::http_500},
    {"http_503", &Each::http_503},
    {"http_500_after", &Each::http_500_after},
    {"expired_token", &Each::expired_token, at_jwo},
    {"clock_skew", &Each::clock_skew, at_jwo},
    {"closed_before", &Each::closed_before},
    {"closed_after", &Each::closed_after},
    {"silent_before", &Each::silent_before},
    {"silent_after", &Each::silent_after},
    {"silence_ms", &Each::silence_ms},
    {"empty_body", &Each::empty_body},
    {"html", &Each::html},
    {"truncated_json", &Each::truncated_json},
    {"huge_body", &Each::huge_body},
    {"error_in_200", &Each::error_in_200},
    {"odd_error", &Each::odd_error},
    {"doubled_member", &Each::doubled_member},
    {"no_content", &Each::no_content},
    {"wrong_content_type", &Each::wrong_content_type},
    {"redirect", &Each::redirect},
    {"proxy_4xx", &Each::proxy_4xx},
    {"late", &Each::late},
    {"late_ms", &Each::late_ms},
    {"wrong_shape_effect", &Each::wrong_shape_effect},
    {"pending", &Each::pending, at_adjust},
    {"pending_times", &Each::pending_times, at_adjust},
    {"declined", &Each::declined, at_adjust},
    {"partial", &Each::partial, at_adjust},
    {"unknown_trip", &Each::unknown_trip, at_jwo_with_trip},
    {"unknown_trip_calls", &Each::unknown_trip_calls, at_jwo_with_trip},
    {"expired_trip", &Each::expired_trip, at_checkout},
    {"rejected", &Each::rejected, at_payment_status},
});

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

/// Reads one file; what it does not understand goes into `mistakes`.
class ScenarioReader {
 public:
  explicit ScenarioReader(std::string_view name) : name_(name) {}

  Scenario read(const toml::table& root) {
    Scenario scenario;
    // From the general to the particular: a later section overrides key by key.
    if (const auto* all = section(root, "all")) {
      for (const auto& [key, value] : *all) set(scenario, key, value, "all", anywhere);
    }
    for (std::size_t i = 0; i < target_count; ++i) {
      const auto target = static_cast<Target>(i);
      if (const auto* table = section(root, target_name(target))) service(scenario, target, *table);
    }
    for (const auto& [key, value] : root) top_level(scenario, key, value);
    return scenario;
  }

  [[nodiscard]] std::string mistakes() {
    std::ranges::stable_sort(mistakes_);
    std::string text;
    for (const auto& [line, mistake] : mistakes_) {
      text += fmt::format("{}{}:{}: {}", text.empty() ? "" : "\n", name_, line, mistake);
    }
    return text;
  }

 private:
  void wrong(const toml::source_region& where, std::string what) {
    mistakes_.emplace_back(where.begin.line, std::move(what));
  }

  const toml::table* section(const toml::table& root, std::string_view name) {
    const auto* node = root.get(name);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) wrong(node->source(), fmt::format("{} must be a table", name));
    return node->as_table();
  }

  void service(Scenario& scenario, Target target, const toml::table& table) {
    const std::string name(target_name(target));
    for (const auto& [key, value] : table) {
      if (value.is_table()) continue;
      set(scenario, key, value, name, [&](Endpoint e) { return route_of(e).target == target; });
    }
    for (const auto& [key, value] : table) {
      const auto* faults = value.as_table();
      if (faults == nullptr) continue;
      const auto route = std::ranges::find_if(endpoint_routes, [&](const auto& each) {
        return each.target == target && each.name == key.str();
      });
      if (route == endpoint_routes.end()) {
        wrong(key.source(), fmt::format("{}.{}: no such endpoint", name, key.str()));
        continue;
      }
      for (const auto& [fault, setting] : *faults) {
        set(scenario, fault, setting, fmt::format("{}.{}", name, key.str()),
            [&](Endpoint e) { return e == route->endpoint; });
      }
    }
  }

  template <class Selected>
  void set(Scenario& scenario, const toml::key& key, const toml::node& value,
           const std::string& place, const Selected& selected) {
    const auto full = fmt::format("{}.{}", place, key.str());
    const auto found = std::ranges::find(keys, key.str(), &Key::name);
    if (found == keys.end()) return wrong(key.source(), full + ": unknown key");
    bool is_used = false;
    for (const auto& route : endpoint_routes) {
      if (!selected(route.endpoint) || !found->scope(route.endpoint)) continue;
      auto& faults = scenario.faults[static_cast<std::size_t>(route.endpoint)];
      const auto mistake =
          std::visit([&](auto field) { return assign(faults.*field, value); }, found->field);
      if (!mistake.empty()) return wrong(value.source(), full + ": " + mistake);
      is_used = true;
    }
    if (!is_used) wrong(key.source(), full + ": does not happen at this endpoint");
  }

  static std::string assign(double& field, const toml::node& value) {
    const auto number = value.value<double>();
    if (!value.is_number() || !(*number >= 0 && *number <= 1)) {
      return "expected a probability from 0 to 1";
    }
    field = *number;
    return {};
  }
  static std::string assign(std::int64_t& field, const toml::node& value) {
    const auto* number = value.as_integer();
    if (number == nullptr || number->get() < 0 || number->get() > day_ms) {
      return fmt::format("expected an integer from 0 to {}", day_ms);
    }
    field = number->get();
    return {};
  }

  void top_level(Scenario& scenario, const toml::key& key, const toml::node& value) {
    const auto name = key.str();
    if (name == "all" || target_named(name)) return;
    if (name == "outage") return outages(scenario, value);
    if (name == "seed" && value.is_integer() && *value.value<std::int64_t>() >= 0) {
      scenario.seed = static_cast<std::uint64_t>(*value.value<std::int64_t>());
    } else if (name == "seed") {
      wrong(value.source(), "seed: expected an integer from 0");
    } else if (name == "desk_decides") {
      if (!value.is_boolean())
        return wrong(value.source(), fmt::format("{}: expected true or false", name));
      scenario.desk_decides = *value.value<bool>();
    } else if (name == "capture_deduplicates") {
      if (!value.is_boolean())
        return wrong(value.source(), fmt::format("{}: expected true or false", name));
      scenario.capture_deduplicates = *value.value<bool>();
    } else if (name == "refund_answer") {
      const auto text = value.value<std::string>().value_or("");
      if (text != "empty" && text != "reconciliation_id") {
        return wrong(value.source(), R"(refund_answer: expected "empty" or "reconciliation_id")");
      }
      scenario.refund_answer =
          text == "empty" ? RefundAnswer::empty : RefundAnswer::reconciliation_id;
    } else {
      wrong(key.source(), fmt::format("{}: unknown key", name));
    }
  }

  void outages(Scenario& scenario, const toml::node& value) {
    const auto* list = value.as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
      return wrong(value.source(), "outage: expected [[outage]] tables");
    }
    for (const auto& item : *list) outage(scenario, *item.as_table());
  }

  void outage(Scenario& scenario, const toml::table& table) {
    OutageWindow window;
    std::int64_t start_ms = 0;
    std::int64_t duration_ms = 0;
    for (const auto& [key, value] : table) {
      const auto text = value.value<std::string>().value_or("");
      std::string mistake;
      if (key.str() == "service") {
        window.target = target_named(text);
        if (!window.target && text != "all")
          mistake = "expected feed, cloud, payments, checkout or all";
      } else if (key.str() == "mode") {
        const auto mode = outage_mode_named(text);
        if (!mode) mistake = "expected refuse, http_503, blackhole or lost_answer";
        window.mode = mode.value_or(OutageMode::refuse);
      } else if (key.str() == "start_ms") {
        mistake = assign(start_ms, value);
      } else if (key.str() == "duration_ms") {
        mistake = assign(duration_ms, value);
      } else {
        mistake = "unknown key";
      }
      if (!mistake.empty()) wrong(key.source(), fmt::format("outage.{}: {}", key.str(), mistake));
    }
    for (const auto* needed : {"service", "duration_ms"}) {
      if (!table.contains(needed))
        wrong(table.source(), fmt::format("outage.{} is missing", needed));
    }
    window.start = milliseconds(start_ms);
    window.duration = milliseconds(duration_ms);
    scenario.outages.push_back(window);
  }

  std::string name_;
  std::vector<std::pair<toml::source_index, std::string>> mistakes_;
};

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string_view name) {
  try {
    ScenarioReader reader(name);
    auto scenario = reader.read(toml::parse(text));
    auto mistakes = reader.mistakes();
    if (!mistakes.empty()) return failure(Remedy::reject, std::move(mistakes));
    return scenario;
  } catch (const toml::parse_error& error) {
    return failure(Remedy::reject, fmt::format("{}:{}: this is not TOML: {}", name,
                                               error.source().begin.line, error.description()));
  }
}

std::vector<std::string_view> scenario_keys() {
  std::vector<std::string_view> names;
  for (const auto& key : keys) names.push_back(key.name);
  return names;
}

Result<Scenario> read_scenario(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return failure(Remedy::repair, "cannot open " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return parse_scenario(text.str(), file.string());
}

}  // namespace gatehouse::simulator
