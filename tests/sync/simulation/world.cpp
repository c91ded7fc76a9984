#include "tests/sync/simulation/world.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <utility>

namespace gatehouse::sync::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int trips_max = 8;
constexpr milliseconds shopping_hours = 20min;
constexpr milliseconds day = 24h;
constexpr int crashes_max = 3;

/// Every other store repeats a capture in doubt once.
BoxOptions options_of(std::uint64_t seed) {
  BoxOptions options;
  options.watches_clock = true;
  if (seed % 2 == 0) options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  return options;
}

bool contains(const std::vector<std::pair<SteadyTime, SteadyTime>>& outages, SteadyTime now) {
  return std::ranges::any_of(
      outages, [now](const auto& each) { return each.first <= now && now < each.second; });
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed),
      network_(
          schedule_,
          [this](const Request& request) {
            return request.signing ? amazon_.handle(request) : cloud_.handle(request);
          },
          [this](const Request& request) { return fate_of(request); }),
      options_(options_of(seed)),
      box_(
          schedule_, network_, [this] { return chance(); }, options_,
          [this] {
            if (chance() > fault_rate_ / 5) return Port::CommitFate::succeeds;
            return chance() < 0.5 ? Port::CommitFate::fails : Port::CommitFate::fails_in_word;
          }) {
  // SQLite takes and gives back a page cache with many a query: without this, most of the run is
  // spent on giving memory back to the system.
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  ::mallopt(M_TOP_PAD, 64 << 20);
  fault_rate_ = chance() < 0.2 ? 0.6 : 0.3 * chance();
  plan_trips();
  plan_outages();
  for (int i = 0; i < crashes_max; ++i) plan_crash();
  schedule_.after(1h, [this] { decide_what_is_held(); });
}

milliseconds World::up_to(milliseconds most) {
  return milliseconds{static_cast<milliseconds::rep>(chance() * static_cast<double>(most.count()))};
}

void World::plan_trips() {
  for (int i = 0; i < trips_max; ++i) {
    const auto trip_id = fmt::format("trip-{}", i);
    auto& plan = plans_[trip_id];
    const bool empty = chance() < 0.15;
    const bool card = chance() < 0.8;
    plan.cart = {.trip_id = trip_id,
                 .purchase_id = empty ? "" : "purchase-" + trip_id,
                 .entry = card ? store::Entry::card : store::Entry::app,
                 .started_at = {},
                 .received_at = {},
                 .body = fmt::format("{{\"trip\": \"{}\", \"n\": {} }}", trip_id, random_()),
                 .first_settlement = std::nullopt};
    if (card) {
      plan.cart.first_settlement =
          empty ? store::SettlementState::cancel_due : store::SettlementState::awaiting_price;
    }
    plan.amount = fmt::format("{}.{:02}", random_() % 300, 1 + random_() % 99);
    plan.priced_by_cloud = chance() < 0.7;
    plan.declined = chance() < 0.15;
    plan.pending_answers = chance() < 0.2 ? 3 : 0;
    plan.known_to_amazon_after = chance() < 0.2 ? 3'000ms : 0ms;
    plan.reconciled_after = chance() < 0.3 ? up_to(15min) : 0ms;
    if (!card && chance() < 0.3) plan.cloud_status = chance() < 0.5 ? 500 : 422;
    schedule_.after(up_to(shopping_hours), [this, trip_id] { arrive(trip_id); });
  }
}

void World::plan_outages() {
  for (auto* outages : {&cloud_outages_, &amazon_outages_}) {
    while (chance() < 0.6) {
      const auto begin = schedule_.steady() + up_to(shopping_hours);
      outages->emplace_back(begin, begin + up_to(30min));
    }
  }
}

void World::decide_what_is_held() {
  schedule_.after(1h, [this] { decide_what_is_held(); });
  if (!box_.is_running()) return;
  for (const auto& trip_id : acknowledged_) {
    const auto settlement = box_.trip(trip_id).settlement;
    if (!settlement || settlement->state != store::SettlementState::held) continue;
    if (!settlement->charge_unclear) complaints_.push_back(trip_id + " held without a doubt");
    const bool charged = !amazon_.account(trip_id).captures.empty();
    box_.act(trip_id,
             charged ? OperatorAction::release_captured : OperatorAction::release_not_captured);
  }
}

void World::plan_crash() {
  schedule_.after(up_to(shopping_hours * 2), [this] {
    if (chance() < 0.3 || !box_.is_running()) return;
    ++crashes_;
    box_.crash();
    schedule_.after(100ms + up_to(20s), [this] { box_.start(); });
  });
}

/// As the gate does: while the box is down there is no 201, and Amazon comes again.
void World::arrive(const std::string& trip_id) {
  if (!box_.is_running()) return schedule_.after(1s, [this, trip_id] { arrive(trip_id); });
  auto& cart = plans_.at(trip_id).cart;
  cart.started_at = schedule_.wall() - 1min;
  cart.received_at = schedule_.wall();
  box_.take_cart(cart);
  acknowledged_.insert(trip_id);
  if (plans_.at(trip_id).priced_by_cloud) return;
  ++prices_to_come_;
  schedule_.after(up_to(10min), [this, trip_id] { price_later(trip_id); });
}

void World::price_later(const std::string& trip_id) {
  if (!box_.is_running()) return schedule_.after(1s, [this, trip_id] { price_later(trip_id); });
  box_.price(trip_id, parse_money(plans_.at(trip_id).amount, "USD").value());
  --prices_to_come_;
}

Fate World::fate_of(const Request& request) {
  const bool to_amazon = request.signing.has_value();
  if (to_amazon) check_intent(request);
  if (contains(to_amazon ? amazon_outages_ : cloud_outages_, schedule_.steady())) {
    return {.arrives_after = std::nullopt, .reply = not_sent()};
  }
  if (chance() >= fault_rate_) return {.arrives_after = 5ms + up_to(100ms), .replied_after = 200ms};
  ++faults_;
  return fault(to_amazon);
}

Fate World::fault(bool to_amazon) {
  auto throttled = answer(429);
  if (chance() < 0.3) throttled.retry_after = std::chrono::seconds{60};
  const std::vector<Fate> fates{
      {.arrives_after = std::nullopt, .reply = not_sent()},
      {.arrives_after = std::nullopt, .replied_after = 10s, .reply = no_answer()},
      {.arrives_after = 1s, .replied_after = 10s, .reply = no_answer()},
      {.arrives_after = 10s + up_to(19s), .replied_after = 10s, .reply = no_answer()},
      {.arrives_after = std::nullopt, .reply = answer(503)},
      {.arrives_after = 10ms, .reply = answer(500)},
      {.arrives_after = std::nullopt, .reply = throttled},
      {.arrives_after = std::nullopt, .reply = answer(403, R"({"message":"Forbidden"})")},
      // The cloud's 200 means delivered whatever its body, so this one is Amazon's alone.
      {.arrives_after = std::nullopt, .reply = answer(200, "<html>log in</html>")},
  };
  const auto kinds = to_amazon ? fates.size() : fates.size() - 1;
  return fates[static_cast<std::size_t>(chance() * static_cast<double>(kinds))];
}

void World::check_intent(const Request& request) {
  const auto trip_id = trip_id_in(request.body);
  const auto state = box_.trip(trip_id).settlement->state;
  const auto wants = [&](std::string_view path, store::SettlementState intent) {
    if (request.url.ends_with(path) && state != intent) {
      complaints_.push_back(
          fmt::format("{} of {} left while it was {}", path, trip_id, store::to_text(state)));
    }
  };
  wants("/v1/adjust/charge", store::SettlementState::adjust_sent);
  wants("/v1/capture/charge", store::SettlementState::capture_sent);
  wants("/v1/cancel/charge", store::SettlementState::cancel_sent);
}

bool World::is_over() {
  if (acknowledged_.size() < plans_.size() || prices_to_come_ > 0 || !box_.is_running()) {
    return false;
  }
  const auto poisoned = std::ranges::count_if(
      plans_, [](const auto& each) { return each.second.cloud_status == 500; });
  const auto counts = box_.counts();
  return counts.pending == poisoned && counts.settlement_open == 0 && counts.held == 0;
}

bool World::live() {
  // Looking is dearer than living: only once a minute.
  auto look_at = schedule_.steady();
  const auto over = [&] {
    if (schedule_.steady() < look_at) return false;
    look_at = schedule_.steady() + 1min;
    return is_over();
  };
  const bool ended = run_until(schedule_, box_, day, over);
  // What is still under way lands too: a second capture would only show now.
  run_until(schedule_, box_, 1min, [] { return false; });
  // It may have lost its power in that very minute.
  const auto runs = [this] { return box_.is_running(); };
  return (runs() || run_until(schedule_, box_, 1min, runs)) && ended;
}

}  // namespace gatehouse::sync::simulation
