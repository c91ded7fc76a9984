#include "daemon/gate/scan_connector.hpp"

#include <spdlog/spdlog.h>

#include "daemon/gate/answers.hpp"
#include "daemon/gate/handover.hpp"
#include "daemon/gate/json_text.hpp"

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;

constexpr std::string_view route = "/v1/identity/scan";
/// The freshness policy counts in hours; a scan must not pay for a read of its own.
constexpr seconds position_max_age{1};
/// How long CacheReader may hold a read transaction.
constexpr milliseconds tick_interval{100};

http::Answer ok(std::string body) {
  return {.status = 200, .body = std::move(body)};
}

http::Answer refused(const FieldError& error) {
  return {.status = 400, .body = error_answer(error.message())};
}

CacheWord word_for(store::Status status) {
  return status == store::Status::active ? CacheWord::active : CacheWord::blocked;
}

}  // namespace

ScanConnector::ScanConnector(std::shared_ptr<const GateOptions> options, store::CacheReader cache,
                             const Clock& clock, boost::asio::io_context& loop, Observer& observer,
                             AskCloud ask_cloud)
    : options_(std::move(options)),
      cache_(std::move(cache)),
      clock_(clock),
      loop_(loop),
      observer_(observer),
      ask_cloud_(std::move(ask_cloud)),
      store_id_check_(options_),
      tick_(loop) {}

boost::asio::awaitable<http::Answer> ScanConnector::answer(const http::Request& request) {
  const auto self = shared_from_this();
  const SteadyTime began = clock_.steady();
  Resolution resolution = resolve(request.body, began);
  if (resolution.decision.verdict == Verdict::ask_cloud) {
    auto word_of_cloud = co_await ask_cloud(request);
    if (word_of_cloud) {
      resolution.decision.outcome = ScanOutcome::asked_cloud;
      resolution.answer = std::move(*word_of_cloud);
    }
  }
  observer_.scan_answered(resolution.decision.outcome, clock_.steady() - began);
  co_return std::move(resolution.answer);
}

ScanConnector::Resolution ScanConnector::resolve(std::string_view body, SteadyTime now) {
  const auto scan = parse_scan(parser_, body);
  if (!scan) return {{Verdict::reject, ScanOutcome::invalid}, refused(scan.error())};
  if (const auto foreign = store_id_check_.check(scan->store_id, route, now)) {
    return {{Verdict::reject, ScanOutcome::invalid}, refused(*foreign)};
  }
  ScanCodes codes = codes_of(*scan);
  const Match match = look_up(codes, now);
  const ScanDecision decision =
      decide(match.word, cache_is_stale(now),
             {.reject_when_stale = options_->reject_when_stale, .may_ask_cloud = !!ask_cloud_});
  if (decision.verdict == Verdict::accept) {
    return {decision, ok(scan_answer(accepted_id(match), match.shopper.role, ScanAction::accept))};
  }
  const std::string& code = match.code.empty() ? codes.shown : match.code;
  return {decision, ok(scan_answer(code, store::Role::shopper, ScanAction::reject))};
}

ScanConnector::Match ScanConnector::look_up(ScanCodes& codes, SteadyTime now) {
  keep_cache_fresh();
  for (auto& code : codes.candidates) {
    if (!code) continue;
    auto found = cache_.find(*code, now);
    if (!found) {
      report_cache_failure(found.error(), now);
      return {.word = CacheWord::failed};
    }
    if (*found) return {word_for((*found)->status), std::move(*code), std::move(**found)};
  }
  return {};
}

std::string_view ScanConnector::accepted_id(const Match& match) const {
  // A code that is too long for an answer cannot come back whole in the cart: the shopper's id can.
  const bool code_fits = count_characters(match.code) <= answer_id_characters_max;
  if (options_->accepted_id == AcceptedId::code && code_fits) return match.code;
  return match.shopper.shopper_id;
}

bool ScanConnector::cache_is_stale(SteadyTime now) {
  if (!options_->reject_when_stale) return false;
  if (!position_read_at_ || now - *position_read_at_ >= position_max_age) {
    position_read_at_ = now;
    if (const auto position = cache_.position()) {
      synced_at_ = position->synced_at;
    } else {
      report_cache_failure(position.error(), now);
    }
  }
  return is_stale(synced_at_, clock_.wall(), options_->stale_after);
}

boost::asio::awaitable<std::optional<http::Answer>> ScanConnector::ask_cloud(
    const http::Request& request) {
  using Word = std::optional<std::string>;
  const milliseconds deadline = options_->ask_cloud_deadline;
  const auto handover = std::make_shared<Handover<Word>>(loop_);
  ask_cloud_(std::string(request.path()), std::string(request.body), deadline, handover->sender());
  std::optional<Word> word = co_await handover->receive(deadline);
  if (!word || !*word || !is_scan_answer(parser_, **word)) co_return std::nullopt;
  co_return ok(std::move(**word));
}

void ScanConnector::report_cache_failure(const Error& error, SteadyTime now) {
  if (const auto swallowed = cache_log_limit_.pass(now)) {
    spdlog::error("{}: the shopper cache cannot be read: {}{}", route, error.message,
                  swallowed_note(*swallowed));
  }
}

void ScanConnector::keep_cache_fresh() {
  scanned_since_tick_ = true;
  if (ticking_) return;
  ticking_ = true;
  on_tick();
}

// Ticks only while there are scans: a gate that has been idle for one interval lets go of the cache
// and sleeps.
void ScanConnector::on_tick() {
  cache_.release(clock_.steady());
  if (!scanned_since_tick_) {
    ticking_ = false;
    return;
  }
  scanned_since_tick_ = false;
  tick_.expires_after(tick_interval);
  tick_.async_wait([connector = weak_from_this()](boost::system::error_code error) {
    const auto self = connector.lock();
    if (self && !error) self->on_tick();
  });
}

}  // namespace gatehouse::gate
