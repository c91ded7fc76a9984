#include "tests/simulator/world/world.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "tests/simulator/world/answers.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;

constexpr std::string_view changes_path = "/shoppers/_changes";
constexpr std::string_view purchases_path = "/v1/order/purchases";
constexpr std::string_view records_path = "/v1/payments/records";
constexpr std::string_view scan_path = "/v1/identity/scan";

std::optional<Target> target_of(std::string_view path) {
  if (path == changes_path) return Target::feed;
  if (path == purchases_path || path == records_path || path == scan_path) return Target::cloud;
  if (Payments::serves(path)) return Target::payments;
  return std::nullopt;
}

}  // namespace

World::World(asio::io_context& loop, WorldOptions options, const Clock& clock)
    : loop_(loop),
      clock_(clock),
      outages_(options.seed),
      feed_(Population(options.seed, options.shoppers)),
      changes_(loop, feed_),
      cloud_(options.store_id, effects_),
      payments_(options.store_id, std::move(options.signing), clock, effects_) {}

http::Handler World::handler() {
  return [this](const http::Request& request) { return answer(request); };
}

asio::awaitable<http::Answer> World::answer(const http::Request& request) {
  const auto target = target_of(request.path());
  if (!target) co_return control(request);
  if (const auto outage = outages_.in_force(*target, clock_.steady());
      outage && outage->mode != OutageMode::lost_answer) {
    auto suffered = suffer(*outage);
    co_return co_await std::move(suffered);
  }
  auto answered = answer_of(*target, request);
  auto answer = co_await std::move(answered);
  // A line that was cut while a longpoll waited, or that loses answers, loses this one.
  if (outages_.in_force(*target, clock_.steady())) co_return hang_up();
  co_return answer;
}

asio::awaitable<http::Answer> World::answer_of(Target target, const http::Request& request) {
  auto fate = outages_.fate(target);
  if (fate.instead) co_return std::move(*fate.instead);
  auto performed = perform(target, request, fate.verdict);
  auto answer = co_await std::move(performed);
  if (fate.after) co_return std::move(*fate.after);
  co_return answer;
}

asio::awaitable<http::Answer> World::perform(Target target, const http::Request& request,
                                             Verdict verdict) {
  using boost::beast::http::verb;
  if (target == Target::payments) co_return payments_.answer(request, verdict);
  const auto expected = target == Target::feed ? verb::get : verb::post;
  if (request.method != expected) co_return error_answer(405, "MethodNotAllowed");
  if (target == Target::feed) {
    auto changes = changes_.answer(request);
    co_return co_await std::move(changes);
  }
  if (request.path() == purchases_path) co_return cloud_.purchases(request);
  if (request.path() == records_path) co_return cloud_.payment_record(request);
  co_return cloud_.scan(request);
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
