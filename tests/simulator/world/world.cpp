#include "tests/simulator/world/world.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;

/// A body is only looked into where something depends on the trip: with many carts a second the
/// simulator must not be what is measured.
bool is_calm(const Scenario& scenario) {
  return scenario.faults == std::array<EndpointFaults, endpoint_count>{};
}

/// Only what was done is answered in the shape of a success: a refusal behind one would be a lie
/// that no client can see through.
bool was_done(const http::Answer& answer) {
  return answer.status < 300;
}

PaymentRules rules_of(const Scenario& scenario) {
  return {.capture_deduplicates = scenario.capture_deduplicates,
          .refund_answer = scenario.refund_answer};
}

}  // namespace

World::World(asio::io_context& loop, WorldOptions options, const Clock& clock)
    : loop_(loop),
      clock_(clock),
      seed_(options.seed),
      outages_(options.seed),
      fates_({}, options.seed),
      feed_(Population(options.seed, options.shoppers)),
      changes_(loop, feed_),
      cloud_(options.store_id, effects_, std::move(options.prices)),
      payments_(options.store_id, options.signing, clock, effects_),
      checkout_(options.store_id, options.signing, clock, effects_) {
  play(std::move(options.scenario));
}

void World::play(Scenario scenario) {
  std::vector<Outages::Planned> planned;
  for (const auto& window : scenario.outages) {
    const auto start = clock_.steady() + window.start;
    planned.push_back({.target = window.target,
                       .start = start,
                       .outage = {.mode = window.mode, .until = start + window.duration}});
  }
  outages_.plan(std::move(planned));
  payments_.obey(rules_of(scenario));
  cloud_.let_desk_decide(scenario.desk_decides);
  is_calm_ = is_calm(scenario);
  fates_ = Fates(std::move(scenario), seed_);
}

void World::forget_trip(const std::string& trip_id) {
  payments_.forget(trip_id);
  checkout_.forget(trip_id);
}

http::Handler World::handler() {
  return [this](const http::Request& request) { return answer(request); };
}

asio::awaitable<http::Answer> World::answer(const http::Request& request) {
  const auto* route = route_of(request.path());
  if (route == nullptr) co_return control(request);
  if (const auto outage = outages_.in_force(route->target, clock_.steady());
      outage && outage->mode != OutageMode::lost_answer) {
    auto suffered = suffer(*outage);
    co_return co_await std::move(suffered);
  }
  auto answered = answer_of(route->endpoint, request);
  auto answer = co_await std::move(answered);
  // A line that was cut while a longpoll waited, or that loses answers, loses this one.
  if (outages_.in_force(route->target, clock_.steady())) co_return hang_up();
  co_return answer;
}

Fate World::fate_of(Endpoint endpoint, const http::Request& request) {
  auto fate = outages_.fate(route_of(endpoint).target);
  const bool is_decided = fate.instead || fate.after || fate.verdict != Verdict::approved;
  if (is_decided || is_calm_) return fate;
  fate = fates_.draw(endpoint, trip_in(request.body));
  if (fate.is_fault()) effects_.fault(route_of(endpoint).name);
  return fate;
}

asio::awaitable<http::Answer> World::answer_of(Endpoint endpoint, const http::Request& request) {
  auto fate = fate_of(endpoint, request);
  const bool keyed = endpoint == Endpoint::purchases || endpoint == Endpoint::records;
  const bool works = keyed && !fate.instead;
  if (works && !cloud_.begin(request)) co_return Cloud::still_working();
  const std::string key = works ? Cloud::key_of(request) : "";
  auto arriving = wait(fate.latency);
  co_await std::move(arriving);
  http::Answer answer;
  if (fate.instead) {
    answer = std::move(*fate.instead);
  } else {
    auto performed = perform(endpoint, request, fate.verdict);
    answer = co_await std::move(performed);
    if (works) cloud_.end(key);
    if (fate.shape && was_done(answer)) answer = misshapen(*fate.shape, std::move(answer));
    if (fate.after) answer = std::move(*fate.after);
  }
  auto silent = wait(fate.silence);
  co_await std::move(silent);
  co_return answer;
}

asio::awaitable<http::Answer> World::perform(Endpoint endpoint, const http::Request& request,
                                             Verdict verdict) {
  using boost::beast::http::verb;
  const auto target = route_of(endpoint).target;
  if (target == Target::payments) co_return payments_.answer(request, verdict);
  if (target == Target::checkout) co_return checkout_.answer(request, verdict);
  const auto expected = target == Target::feed ? verb::get : verb::post;
  if (request.method != expected) co_return error_answer(405, "MethodNotAllowed");
  if (target == Target::feed) {
    auto changes = changes_.answer(request);
    co_return co_await std::move(changes);
  }
  if (endpoint == Endpoint::purchases) co_return cloud_.purchases(request);
  if (endpoint == Endpoint::records) co_return cloud_.payment_record(request);
  co_return cloud_.scan(request);
}

asio::awaitable<void> World::wait(milliseconds time) {
  if (time.count() == 0) co_return;
  asio::steady_timer timer(loop_, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<http::Answer> World::suffer(Outage outage) {
  if (outage.mode == OutageMode::http_503) co_return error_answer(503, "ServiceUnavailable");
  if (outage.mode == OutageMode::blackhole) {
    asio::steady_timer timer(loop_, outage.until);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return hang_up();
}

}  // namespace gatehouse::simulator
