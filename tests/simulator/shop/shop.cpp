#include "tests/simulator/shop/shop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/simulator/digest.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::string_view scan_path = "/v1/identity/scan";
constexpr std::string_view cart_path = "/v1/order/purchases";
constexpr std::uint64_t ids_stream = 1ULL << 43;  // request ids are drawn apart from the plan
constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{1000};

bool is_acknowledged(unsigned status) {
  return status == 201 || status == 200;
}

bool is_worth_retrying(unsigned status) {
  return status == 0 || status == 408 || status == 429 || status >= 500;
}

std::string string_member(const nlohmann::json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// nullopt where the answer has no purchaseId at all; '' is what an empty cart gets.
std::optional<std::string> purchase_id_of(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("purchaseId")) return std::nullopt;
  return string_member(json, "purchaseId");
}

std::string reason_of(const ClientReply& reply) {
  if (reply.status == 0) return reply.error.message();
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  return std::to_string(reply.status) + " " + string_member(json, "errorMsg");
}

void note_body(TripReport& trip, const std::string& body) {
  auto sha256 = sha256_hex(body);
  if (std::ranges::find(trip.sent_sha256, sha256) == trip.sent_sha256.end()) {
    trip.sent_sha256.push_back(std::move(sha256));
  }
}

milliseconds pause_before(int attempt, Random& random) {
  const auto longest = std::min(first_pause * (1 << std::min(attempt, 10)), longest_pause);
  const auto half = static_cast<std::uint64_t>(longest.count()) / 2;
  return longest / 2 + milliseconds(random.below(half + 1));
}

}  // namespace

Shop::Shop(asio::io_context& loop, ShopOptions options, const Clock& clock)
    : loop_(loop), options_(std::move(options)), clock_(clock), plan_(options_.plan) {
  report_.trips.resize(plan_.size());
}

void Shop::start(std::function<void()> done) {
  done_ = std::move(done);
  started_ = clock_.steady();
  working_ = options_.connections;
  for (std::size_t i = 0; i < options_.connections; ++i) {
    asio::co_spawn(loop_, work(), asio::detached);
  }
}

asio::awaitable<void> Shop::work() {
  Connection connection(loop_.get_executor(), options_.gate, options_.bearer_token,
                        options_.request_max);
  while (next_ < plan_.size()) {
    const auto index = next_++;
    if (options_.trips_per_s > 0) {
      const std::chrono::duration<double> due(static_cast<double>(index) / options_.trips_per_s);
      auto slept = sleep_until(started_ + std::chrono::duration_cast<nanoseconds>(due));
      co_await std::move(slept);
    }
    auto played = play(connection, index);
    co_await std::move(played);
    auto repeated = send_due(connection, false);
    co_await std::move(repeated);
  }
  auto repeated = send_due(connection, true);
  co_await std::move(repeated);
  if (--working_ > 0) co_return;
  report_.took = clock_.steady() - started_;
  if (done_) done_();
}

asio::awaitable<void> Shop::play(Connection& connection, std::uint64_t index) {
  const auto trip = plan_.trip(index);
  Random ids(options_.plan.seed, ids_stream + trip.number);
  report_.trips[index] = {.trip_id = trip.trip_id,
                          .card_entry = trip.card_entry,
                          .empty = trip.items.empty(),
                          .charge_minor = trip.charge_minor,
                          .shopper_identity = trip.shopper_identity};
  if (trip.refused_key) {
    auto refused = scan(connection, trip, *trip.refused_key, false, ids);
    co_await std::move(refused);
  }
  auto scanned = scan(connection, trip, trip.key, true, ids);
  const auto result = co_await std::move(scanned);
  CartOccasion occasion;
  occasion.scan = result;
  occasion.auth_event_id = ids.uuid();
  occasion.second_auth_event_id = ids.uuid();
  occasion.ended_at = clock_.wall();
  auto delivered = deliver(connection, trip, index, occasion, ids);
  co_await std::move(delivered);
}

asio::awaitable<ScanResult> Shop::scan(Connection& connection, const TripPlan& trip,
                                       const std::string& key, bool may_enter, Random& ids) {
  const auto body = scan_request(options_.store_id, trip, key, ids, clock_.wall());
  const auto sent_at = clock_.steady();
  auto sending = connection.send(verb::post, scan_path, body);
  const auto reply = co_await std::move(sending);
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  const auto action = string_member(json, "action");
  if (reply.status != 200 || (action != "ACCEPT" && action != "REJECT")) {
    ++report_.scans.errors;
    co_return ScanResult{};
  }
  report_.scan_latency.add(clock_.steady() - sent_at);
  const bool is_accepted = action == "ACCEPT";
  ++(is_accepted ? report_.scans.accepted : report_.scans.rejected);
  ScanResult result{.id = string_member(json, "id"), .type = string_member(json, "type")};
  const bool is_expected_type = !is_accepted || (result.type == "ASSOCIATE") == trip.associate;
  if (is_accepted != may_enter || !is_expected_type) ++report_.scans.unexpected;
  co_return is_accepted ? result : ScanResult{};
}

asio::awaitable<void> Shop::deliver(Connection& connection, const TripPlan& trip,
                                    std::uint64_t index, const CartOccasion& occasion,
                                    Random& ids) {
  auto& outcome = report_.trips[index];
  const auto give_up_at = clock_.steady() + options_.retry_max;
  for (int attempt = 0;; ++attempt) {
    const auto body = cart_request(options_.store_id, trip, occasion, ids.uuid());
    note_body(outcome, body);
    ++report_.cart_attempts;
    const auto sent_at = clock_.steady();
    auto sending = connection.send(verb::post, cart_path, body);
    const auto reply = co_await std::move(sending);
    const auto purchase_id = purchase_id_of(reply.body);
    if (is_acknowledged(reply.status) && purchase_id) {
      report_.cart_latency.add(clock_.steady() - sent_at);
      outcome.acknowledged = true;
      outcome.purchase_id = *purchase_id;
      outcome.reason.clear();
      if (purchase_id->empty() != outcome.empty) ++report_.mismatching_purchase_ids;
      latest_acknowledged_ = std::max(latest_acknowledged_, trip.number);
      plan_again(trip, index, occasion, body, ids);
      if (options_.second_gate && attempt == 0) {
        auto delivered = deliver_to_second(body, index);
        co_await std::move(delivered);
      }
      co_return;
    }
    outcome.reason = reason_of(reply);
    const auto next_at = clock_.steady() + pause_before(attempt, ids);
    if (!is_worth_retrying(reply.status) || next_at > give_up_at) co_return;
    auto slept = sleep_until(next_at);
    co_await std::move(slept);
  }
}

asio::awaitable<void> Shop::deliver_to_second(std::string body, std::uint64_t index) {
  auto& outcome = report_.trips[index];
  Connection connection(loop_.get_executor(), *options_.second_gate, options_.bearer_token,
                        options_.request_max);
  const auto give_up_at = clock_.steady() + options_.retry_max;
  while (clock_.steady() < give_up_at) {
    auto sending = connection.send(verb::post, cart_path, body);
    const auto reply = co_await std::move(sending);
    const auto purchase_id = purchase_id_of(reply.body);
    if (is_acknowledged(reply.status) && purchase_id) {
      if (*purchase_id != outcome.purchase_id) ++report_.mismatching_purchase_ids;
      co_return;
    }
    auto slept = sleep_until(clock_.steady() + longest_pause);
    co_await std::move(slept);
  }
  outcome.acknowledged = false;
  outcome.reason = "not acknowledged by the second gate";
}

void Shop::plan_again(const TripPlan& trip, std::uint64_t index, const CartOccasion& occasion,
                      const std::string& body, Random& ids) {
  for (const auto kind : trip.repetitions) {
    const bool is_new_request =
        kind == Repetition::new_request || (kind != Repetition::same_cart && trip.number % 2 == 0);
    Again again{.index = index, .number = trip.number, .kind = kind, .body = body};
    if (is_new_request) again.body = cart_request(options_.store_id, trip, occasion, ids.uuid());
    again.due = clock_.steady() + (kind == Repetition::late ? options_.late : milliseconds(0));
    again_.push_back(std::move(again));
  }
}

std::optional<Shop::Again> Shop::take_again(bool end) {
  const auto now = clock_.steady();
  const auto is_ready = [&](const Again& again) {
    if (end) return true;
    return again.due <= now &&
           (again.kind != Repetition::reordered || again.number < latest_acknowledged_);
  };
  const auto found = std::ranges::find_if(again_, is_ready);
  if (found == again_.end()) return std::nullopt;
  auto again = std::move(*found);
  again_.erase(found);
  return again;
}

asio::awaitable<void> Shop::send_due(Connection& connection, bool end) {
  while (auto again = take_again(end)) {
    auto slept = sleep_until(again->due);
    co_await std::move(slept);
    auto sent = send_again(connection, std::move(*again));
    co_await std::move(sent);
  }
}

asio::awaitable<void> Shop::send_again(Connection& connection, Again again) {
  auto& outcome = report_.trips[again.index];
  note_body(outcome, again.body);
  ++report_.carts_sent_twice;
  if (again.kind == Repetition::reordered) ++report_.carts_reordered;
  if (again.kind == Repetition::late) ++report_.carts_late;
  auto sending = connection.send(verb::post, cart_path, again.body);
  const auto reply = co_await std::move(sending);
  const auto purchase_id = purchase_id_of(reply.body);
  const bool answered = is_acknowledged(reply.status) && purchase_id.has_value();
  if (answered && *purchase_id != outcome.purchase_id) ++report_.mismatching_purchase_ids;
}

asio::awaitable<void> Shop::sleep_until(SteadyTime time) {
  asio::steady_timer timer(loop_, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace gatehouse::simulator
