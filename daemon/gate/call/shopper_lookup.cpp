#include "daemon/gate/call/shopper_lookup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "daemon/log/log.hpp"

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;

/// The freshness policy counts in hours; a scan must not pay for a read of its own.
constexpr seconds position_max_age{1};
/// How long CacheReader may hold a read transaction.
constexpr milliseconds tick_interval{100};

CacheFinding finding_for(store::Status status) {
  return status == store::Status::active ? CacheFinding::active : CacheFinding::blocked;
}

}  // namespace

/// Lets go of the cache's read transaction in time. Runs only while there are calls: a gate that
/// has been idle for one interval sleeps.
class ShopperLookup::Tick : public std::enable_shared_from_this<Tick> {
 public:
  Tick(store::CacheReader& cache, const Clock& clock, boost::asio::io_context& loop)
      : cache_(cache), clock_(clock), timer_(loop) {}

  /// The cache is about to be used.
  void keep_cache_fresh() {
    used_ = true;
    if (ticking_) return;
    ticking_ = true;
    turn();
  }

 private:
  void turn() {
    cache_.release(clock_.steady());
    if (!used_) {
      ticking_ = false;
      return;
    }
    used_ = false;
    timer_.expires_after(tick_interval);
    timer_.async_wait([tick = weak_from_this()](boost::system::error_code error) {
      const auto self = tick.lock();
      if (self && !error) self->turn();
    });
  }

  store::CacheReader& cache_;
  const Clock& clock_;
  boost::asio::steady_timer timer_;
  bool ticking_ = false;
  bool used_ = false;
};

ShopperLookup::ShopperLookup(const GateOptions& options, store::CacheReader cache,
                             const Clock& clock, boost::asio::io_context& loop, AskCloud ask_cloud,
                             AskClock ask_clock)
    : options_(options),
      cache_(std::move(cache)),
      clock_(clock),
      ask_cloud_(std::move(ask_cloud)),
      ask_clock_(std::move(ask_clock)),
      opened_at_(clock.steady()),
      tick_(std::make_shared<Tick>(cache_, clock, loop)) {}

ShopperLookup::Match ShopperLookup::find(std::span<std::optional<std::string>> codes,
                                         const std::optional<WallTime>& event_at, SteadyTime now) {
  tick_->keep_cache_fresh();
  for (auto& code : codes) {
    if (!code) continue;
    std::string_view key = *code;
    if (options_.code_time) {
      if (const auto reading = options_.code_time->read(*code)) {
        if (is_expired(*reading, event_at)) return {CacheFinding::expired, std::move(*code), {}};
        key = reading->key;
      } else if (options_.code_time->has_key()) {
        continue;  // the key alone, without the time, would be a code for ever
      }
    }
    auto found = cache_.find(key, now);
    if (!found) {
      report_cache_failure(found.error(), now);
      return {.finding = CacheFinding::failed};
    }
    if (*found) return {finding_for((*found)->status), std::move(*code), std::move(**found)};
  }
  return {};
}

ScanDecision ShopperLookup::decide(CacheFinding finding, SteadyTime now) {
  return gate::decide(
      finding, cache_is_stale(now),
      {.reject_when_stale = options_.reject_when_stale, .may_ask_cloud = may_ask_cloud()});
}

Result<std::optional<store::Loyalty>> ShopperLookup::loyalty(std::string_view id, SteadyTime now) {
  tick_->keep_cache_fresh();
  auto found = cache_.loyalty_of_key(key_of(id), now);
  if (found && !*found) found = cache_.loyalty_of_shopper(id, now);
  if (!found) report_cache_failure(found.error(), now);
  return found;
}

Result<std::optional<store::Instrument>> ShopperLookup::instrument(std::string_view id,
                                                                   SteadyTime now) {
  tick_->keep_cache_fresh();
  if (cache_is_stale(now)) return failure(Remedy::retry, "the shopper cache is stale");
  auto found = cache_.instrument(id, now);
  if (!found) report_cache_failure(found.error(), now);
  return found;
}

store::CacheReader ShopperLookup::exchange_cache(store::CacheReader cache) {
  position_read_at_.reset();
  return std::exchange(cache_, std::move(cache));
}

bool ShopperLookup::is_expired(const CodeTime::Reading& reading,
                               const std::optional<WallTime>& event_at) const {
  if (!reading.made_at) return true;
  // Against the event's own time. Our clock may stand in for it only where others confirm it.
  if (!event_at && !clock_word().confirmed) return false;
  return !is_fresh(*reading.made_at, event_at.value_or(clock_.wall()), options_.code_max_age);
}

std::string_view ShopperLookup::key_of(std::string_view code) const {
  if (!options_.code_time) return code;
  const auto reading = options_.code_time->read(code);
  return reading ? reading->key : code;
}

bool ShopperLookup::cache_is_stale(SteadyTime now) {
  if (!options_.reject_when_stale) return false;
  if (!position_read_at_ || now - *position_read_at_ >= position_max_age) {
    position_read_at_ = now;
    if (const auto position = cache_.position()) {
      synced_at_ = position->synced_at;
    } else {
      report_cache_failure(position.error(), now);
    }
  }
  const ClockWord word = clock_word();
  std::optional<milliseconds> in_step;
  if (word.synced_at) in_step = std::chrono::floor<milliseconds>(now - *word.synced_at);
  return is_stale({.synced_at = synced_at_,
                   .in_step_before = in_step,
                   .open_for = std::chrono::floor<milliseconds>(now - opened_at_),
                   .wall = clock_.wall(),
                   .wall_confirmed = word.confirmed},
                  options_.stale_after);
}

void ShopperLookup::ask_cloud(std::string_view path, std::string_view body, milliseconds deadline,
                              CloudAnswered done) {
  ask_cloud_(std::string(path), std::string(body), deadline, std::move(done));
}

void ShopperLookup::report_cache_failure(const Error& error, SteadyTime now) {
  if (const auto suppressed = cache_log_limit_.pass(now)) {
    log::error("the gate cannot read the shopper cache: {}{}", error.message,
               log::suppressed_note(*suppressed));
  }
}

}  // namespace gatehouse::gate
