#include "tests/simulator/world/outages.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::string_view, target_count> target_names{"cloud", "payments", "feed",
                                                                  "checkout"};
constexpr std::array<std::string_view, 4> mode_names{"refuse", "http_503", "blackhole",
                                                     "lost_answer"};
constexpr std::int64_t duration_max_ms = 24LL * 3600 * 1000;

template <std::size_t count>
std::optional<std::size_t> index_of(const std::array<std::string_view, count>& names,
                                    std::string_view name) {
  for (std::size_t i = 0; i < count; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

std::string text_of(const ordered_json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

double* probability(Faults& faults, std::string_view name) {
  if (name == "http_429") return &faults.http_429;
  if (name == "http_500_before") return &faults.http_500_before;
  if (name == "http_500_after") return &faults.http_500_after;
  if (name == "lost_answer") return &faults.lost_answer;
  if (name == "pending") return &faults.pending;
  if (name == "declined") return &faults.declined;
  return nullptr;
}

Result<Faults> parse_faults(const ordered_json& order) {
  Faults faults;
  if (!order.is_object()) return failure(Remedy::reject, "faults of a target must be an object");
  for (const auto& [name, value] : order.items()) {
    if (name == "retry_after_s" && value.is_number_unsigned()) {
      faults.retry_after_s = value.get<int>();
      continue;
    }
    auto* chance = probability(faults, name);
    if (chance == nullptr || !value.is_number() || value.get<double>() < 0 ||
        value.get<double>() > 1) {
      return failure(Remedy::reject, "'" + name + "' is no fault with a probability from 0 to 1");
    }
    *chance = value.get<double>();
  }
  return faults;
}

}  // namespace

std::string_view target_name(Target target) {
  return target_names[static_cast<std::size_t>(target)];
}

std::optional<Target> target_named(std::string_view name) {
  const auto index = index_of(target_names, name);
  return index ? std::optional(static_cast<Target>(*index)) : std::nullopt;
}

std::optional<OutageMode> outage_mode_named(std::string_view name) {
  const auto index = index_of(mode_names, name);
  return index ? std::optional(static_cast<OutageMode>(*index)) : std::nullopt;
}

Fate draw_fate(const Faults& faults, Random& random) {
  // All are drawn whatever the outcome, so that one more fault does not change the others' draws.
  const bool is_429 = random.happens(faults.http_429);
  const bool is_500_before = random.happens(faults.http_500_before);
  const bool is_500_after = random.happens(faults.http_500_after);
  const bool is_lost = random.happens(faults.lost_answer);
  const bool is_declined = random.happens(faults.declined);
  const bool is_pending = random.happens(faults.pending);

  Fate fate;
  fate.verdict = is_declined  ? Verdict::declined
                 : is_pending ? Verdict::pending
                              : Verdict::approved;
  if (is_429) {
    fate.instead = error_answer(429, "Too Many Requests");
    fate.instead->headers.emplace_back("Retry-After", std::to_string(faults.retry_after_s));
  } else if (is_500_before) {
    fate.instead = error_answer(500, "InternalServerException");
  }
  if (is_500_after) fate.after = error_answer(500, "InternalServerException");
  if (is_lost) fate.after = hang_up();
  return fate;
}

Result<> Outages::start(const ordered_json& order, SteadyTime now) {
  if (!order.is_object()) return failure(Remedy::reject, "the body must be a JSON object");
  const auto target = text_of(order, "target");
  const auto only = index_of(target_names, target);
  if (!only && target != "all") {
    return failure(Remedy::reject,
                   "target must be cloud, payments, feed, checkout or all, not '" + target + "'");
  }
  const auto mode = index_of(mode_names, text_of(order, "mode"));
  const auto duration = order.find("duration_ms");
  const bool has_duration = duration != order.end() && duration->is_number_unsigned() &&
                            duration->get<std::int64_t>() <= duration_max_ms;
  if (!has_duration) return failure(Remedy::reject, "duration_ms must be 0 to a day");
  const milliseconds length{duration->get<std::int64_t>()};
  if (!mode && length.count() > 0) {
    return failure(Remedy::reject, "mode must be refuse, http_503, blackhole or lost_answer");
  }
  for (std::size_t i = 0; i < target_count; ++i) {
    if (only && *only != i) continue;
    outages_[i] = Outage{.mode = static_cast<OutageMode>(mode.value_or(0)), .until = now + length};
  }
  return {};
}

Result<> Outages::set_faults(const ordered_json& order) {
  if (!order.is_object()) return failure(Remedy::reject, "the body must be a JSON object");
  auto changed = faults_;
  for (const auto& [name, value] : order.items()) {
    const auto target = index_of(target_names, name);
    if (!target) return failure(Remedy::reject, "no such target: '" + name + "'");
    auto faults = parse_faults(value);
    if (!faults) return propagate(std::move(faults), name);
    changed[*target] = *faults;
  }
  faults_ = changed;
  return {};
}

std::optional<Outage> Outages::in_force(Target target, SteadyTime now) const {
  const auto& outage = outages_[static_cast<std::size_t>(target)];
  if (outage && outage->until > now) return outage;
  for (const auto& planned : planned_) {
    const bool is_hit = !planned.target || planned.target == target;
    if (is_hit && planned.start <= now && now < planned.outage.until) return planned.outage;
  }
  return std::nullopt;
}

Fate Outages::fate(Target target) {
  return draw_fate(faults_[static_cast<std::size_t>(target)], random_);
}

}  // namespace gatehouse::simulator
