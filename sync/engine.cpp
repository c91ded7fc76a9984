#include "sync/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "store/values/result.hpp"

namespace gatehouse::sync {
namespace {

/// The loop turns at least this often.
constexpr milliseconds turn_max{1'000};
constexpr milliseconds recovery_pause{1'000};
constexpr std::size_t requests_at_once_min = 256;

CurlTransportOptions transport_options(const SyncOptions& options) {
  CurlTransportOptions transport;
  const std::size_t feeds_and_credentials = 5;
  // Room for all of them at their limits: a slow destination takes nothing of the others.
  transport.in_flight_max =
      std::max(requests_at_once_min, feeds_and_credentials + options.cloud.max_in_flight +
                                         3 * options.jwo.max_in_flight + CloudQuestions::open_max);
  return transport;
}

Owed owed(const SyncOptions& options) {
  const bool reports =
      options.jwo.report_payment_status && options.jwo.settlement == SettlementMode::payment;
  return {options.store_id, reports, options.jwo.payment_status_time};
}

std::optional<AwsSigning> signing_with(std::optional<AwsSigning> signing,
                                       const AwsCredentials& keys) {
  if (!signing) return signing;
  signing->access_key_id = keys.access_key_id;
  signing->secret_access_key = keys.secret_access_key;
  signing->session_token = keys.session_token;
  return signing;
}

std::string waits_for(const CredentialStatus& keys, std::string_view who) {
  return fmt::format("{} waits for AWS credentials: {}", who,
                     keys.last_error.empty() ? "they are being fetched" : keys.last_error);
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(SyncOptions options, ServedCache cache,
                                             store::LedgerThread& ledger, const Clock& clock,
                                             const Chance& chance) {
  auto transport = CurlTransport::open(transport_options(options));
  if (!transport) return propagate(std::move(transport));
  return std::unique_ptr<Engine>(new Engine(std::move(options), *std::move(transport),
                                            std::move(cache), ledger, clock, chance));
}

Engine::Engine(SyncOptions options, std::unique_ptr<CurlTransport> transport, ServedCache cache,
               store::LedgerThread& ledger, const Clock& clock, const Chance& chance)
    : options_(std::move(options)),
      clock_(clock),
      writer_(ledger),
      transport_(std::move(transport)),
      inbox_(std::make_shared<Inbox>([wakes = transport_.get()] { wakes->wake(); })),
      port_(ledger, inbox_),
      clock_watch_(*transport_, port_, clock, kernel_),
      keys_(
          options_.aws, clock_watch_,
          [to = inbox_](Inbox::Task task) { to->post(std::move(task)); }, clock, chance),
      signed_(clock_watch_, [this](std::string_view key) { keys_.refused(key); }),
      cache_(options_.feed, std::move(cache), signed_, clock, chance),
      recorder_(port_, clock),
      questions_(options_.cloud, signed_, clock),
      cloud_lane_(options_.store_id, options_.cloud, options_.jwo.settlement),
      amazon_lane_(options_.jwo, {}),
      feedback_lane_(options_.jwo, {}, store::Lane::feedback),
      to_cloud_(cloud_lane_, {reader_, port_, signed_, clock, chance}),
      to_amazon_(amazon_lane_, {reader_, port_, signed_, clock, chance}),
      reports_(feedback_lane_, {reader_, port_, signed_, clock, chance}),
      settler_(options_.store_id, options_.jwo, {}, {reader_, port_, signed_, clock, chance}),
      unvouched_looks_(options_.store_id, options_.jwo, {},
                       {reader_, port_, signed_, clock, chance}),
      open_questions_(options_.store_id, options_.jwo, reader_, port_, clock),
      decider_(owed(options_), reader_, port_, clock) {}

/// The feed needs no ledger, so it does not wait for one. All that does begins when this says yes.
bool Engine::open_ledger() {
  if (reader_.is_open()) return true;
  if (!writer_.opened()) return false;
  auto opened = store::LedgerReader::open(options_.ledger_file);
  ledger_error_ = opened ? "" : opened.error().message;
  if (!opened) return false;
  reader_ = std::move(*opened);
  clock_watch_.ledger_is_open(reader_.confirmed_time(), writer_.clock_behind(),
                              writer_.clock_lead());
  return true;
}

void Engine::recover_settlements() {
  if (recovering_ || clock_.steady() < recover_again_at_) return;
  auto sent = reader_.sent_settlements();
  recovery_error_ = sent ? "" : "settlement has not begun: " + sent.error().message;
  recover_again_at_ = clock_.steady() + recovery_pause;
  if (!sent) return;
  recovering_ = sent->size();
  for (const std::int64_t trip : *sent) {
    auto work = [trip, now = clock_.wall()](store::Ledger& ledger) -> Result<> {
      auto moved = ledger.recover_settlement(trip, now);
      if (!moved) return propagate(std::move(moved));
      return {};
    };
    // One that is damaged stays as it is, which nothing is done about: LedgerThread::damage().
    recorder_.commit(std::move(work), [this](const Result<>&) { --*recovering_; });
  }
}

/// Where nothing is settled here, Amazon gets no call, whatever keys there are for others.
AwsCredentials Engine::keys_for_amazon() const {
  const bool settles = options_.jwo.settlement != SettlementMode::none;
  return settles ? keys_.usable(Signer::amazon) : AwsCredentials{};
}

void Engine::hand_over_keys() {
  if (auto now = keys_for_amazon(); now != amazon_keys_) {
    amazon_keys_ = std::move(now);
    sign_for_amazon();
  }
  if (auto now = keys_.usable(Signer::feed); now != feed_keys_) {
    feed_keys_ = std::move(now);
    if (options_.feed.signing) cache_.sign_with(signing_with(options_.feed.signing, feed_keys_));
  }
  if (auto now = keys_.usable(Signer::cloud); now != cloud_keys_) {
    cloud_keys_ = std::move(now);
    sign_for_cloud();
  }
}

void Engine::sign_for_amazon() {
  amazon_lane_.reload(options_.jwo, amazon_keys_);
  feedback_lane_.reload(options_.jwo, amazon_keys_);
  settler_.reload(options_.jwo, amazon_keys_);
  unvouched_looks_.reload(options_.jwo, amazon_keys_);
}

void Engine::sign_for_cloud() {
  CloudOptions cloud = options_.cloud;
  cloud.signing = signing_with(cloud.signing, cloud_keys_);
  cloud_lane_.reload(cloud);
  questions_.reload(std::move(cloud));
}

SteadyTime Engine::turn() {
  inbox_->run();
  SteadyTime next = std::min(clock_watch_.turn(), keys_.turn());
  // What it would decide by the clock is final.
  settler_.trust_clock(clock_watch_.status().verdict.state == ClockState::confirmed);
  open_questions_.trust_clock(clock_watch_.status().is_plausible);
  hand_over_keys();
  next = std::min({next, cache_.turn(), recorder_.turn()});
  if (!open_ledger()) return next;  // asked again at the next turn, in turn_max at the latest
  next = std::min({next, to_cloud_.turn(), to_amazon_.turn(), reports_.turn()});
  recover_settlements();
  if (recovering_ != 0U) return next;
  next = std::min(
      {next, settler_.turn(), unvouched_looks_.turn(), decider_.turn(), open_questions_.turn()});
  return next;
}

void Engine::wait_until(SteadyTime next) {
  const auto now = clock_.steady();
  const auto wait = next <= now ? SteadyTime::duration::zero()
                                : std::min<SteadyTime::duration>(next - now, turn_max);
  transport_->poll(std::chrono::ceil<milliseconds>(wait));
}

bool Engine::is_busy() const {
  return to_cloud_.in_flight() > 0 || to_amazon_.in_flight() > 0 || reports_.in_flight() > 0 ||
         settler_.in_flight() > 0 || unvouched_looks_.in_flight() > 0 || decider_.in_flight() > 0 ||
         open_questions_.in_flight() > 0 || questions_.open() > 0;
}

void Engine::drain(SteadyTime until) {
  questions_.stop();
  cache_.stop();
  keys_.stop();
  to_cloud_.stop();
  to_amazon_.stop();
  reports_.stop();
  settler_.stop();
  unvouched_looks_.stop();
  decider_.stop();
  open_questions_.stop();
  for (auto next = turn(); is_busy() && clock_.steady() < until; next = turn()) {
    wait_until(std::min(next, until));
  }
  questions_.give_up();
  inbox_->close();
}

SyncStatus Engine::status_of_parts() const {
  return {cache_.feed(),
          to_cloud_.status(),
          settler_.status(),
          to_amazon_.status(),
          reports_.status(),
          keys_.own_status(Signer::amazon),
          keys_.own_status(Signer::feed),
          keys_.own_status(Signer::cloud),
          damage(),
          clock_watch_.status(),
          cache_.cache()};
}

SyncStatus Engine::status() const {
  SyncStatus status = status_of_parts();
  unvouched_looks_.add_waits(status.payments);
  const auto lacking = [this](Signer signer, bool signs) -> std::optional<CredentialStatus> {
    if (!signs) return std::nullopt;
    auto keys = keys_.status(signer);
    if (keys.usable) return std::nullopt;
    return keys;
  };
  const bool settles = options_.jwo.settlement != SettlementMode::none;
  if (const auto keys = lacking(Signer::amazon, settles)) {
    status.payments.last_error = waits_for(*keys, "settlement");
  }
  if (const auto keys = lacking(Signer::feed, options_.feed.signing.has_value())) {
    status.feed.last_error = waits_for(*keys, "the feed");
  }
  if (const auto keys = lacking(Signer::cloud, options_.cloud.signing.has_value())) {
    status.cloud.last_error = waits_for(*keys, "every delivery");
  }
  if (!recovery_error_.empty()) {
    status.payments.open = false;
    status.payments.last_error = recovery_error_;
  }
  if (!ledger_error_.empty()) {
    status.cloud.open = false;
    status.cloud.last_error = ledger_error_;
  }
  return status;
}

LedgerDamage Engine::damage() const {
  LedgerDamage damage;
  if (reader_.is_open()) damage.text = reader_.damage();
  for (const Quarantine* each :
       {&to_cloud_.quarantine(), &to_amazon_.quarantine(), &reports_.quarantine(),
        &settler_.quarantine(), &unvouched_looks_.quarantine(), &decider_.quarantine(),
        &open_questions_.quarantine()}) {
    damage.quarantined += each->size();
    if (damage.text.empty()) damage.text = each->reason();
  }
  return damage;
}

bool Engine::ask(Question question) {
  return inbox_->post(
      [this, question = std::move(question)]() mutable { questions_.ask(std::move(question)); });
}

void Engine::take_back(store::CacheReader reader) {
  (void)inbox_->post(
      [this, reader = std::move(reader)]() mutable { cache_.take_back(std::move(reader)); });
}

void Engine::reload(SyncOptions options) {
  (void)inbox_->post(
      [this, options = std::move(options)]() mutable { take_over(std::move(options)); });
}

void Engine::take_over(SyncOptions options) {
  options_ = std::move(options);
  transport_->allow_in_flight(transport_options(options_).in_flight_max);
  keys_.reload(options_.aws);
  // At once, with what is at hand: whose role has changed signs with other keys from now on.
  amazon_keys_ = keys_for_amazon();
  feed_keys_ = keys_.usable(Signer::feed);
  cloud_keys_ = keys_.usable(Signer::cloud);
  FeedOptions feed = options_.feed;
  feed.signing = signing_with(feed.signing, feed_keys_);
  cache_.reload(std::move(feed));
  sign_for_cloud();
  sign_for_amazon();
  open_questions_.reload(options_.jwo);
  decider_.reload(owed(options_));
}

}  // namespace gatehouse::sync
