#include "sync/sync_thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_map>
#include <utility>

#include "store/ledger/ledger_reader.hpp"
#include "store/values/result.hpp"
#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/cloud/cloud_lane.hpp"
#include "sync/credentials/keeper.hpp"
#include "sync/credentials/watch.hpp"
#include "sync/delivery/forwarder.hpp"
#include "sync/delivery/recorder.hpp"
#include "sync/inbox.hpp"
#include "sync/transport/curl_transport.hpp"
#include "sync/transport/url.hpp"

namespace gatehouse::sync {
namespace {

/// The loop turns at least this often: the watchdog's proof of progress.
constexpr milliseconds turn_max{1'000};
constexpr milliseconds recovery_pause{1'000};
constexpr std::size_t ask_answer_max_bytes = 64 * 1024;
constexpr std::size_t requests_at_once_min = 256;

using AskDone = std::function<void(std::optional<std::string>)>;

struct Ask {
  std::string path;
  std::string body;
  SteadyTime deadline;
  AskDone done;
};

struct OpenAsk {
  std::uint64_t request = 0;
  AskDone done;
};

CurlTransportOptions transport_options(const SyncOptions& options) {
  CurlTransportOptions transport;
  const std::size_t feed_and_credentials = 2;
  // Room for all of them at their limits: a slow destination takes nothing of the others.
  transport.in_flight_max =
      std::max(requests_at_once_min, feed_and_credentials + options.cloud.max_in_flight +
                                         2 * options.jwo.max_in_flight + SyncThread::asks_max);
  return transport;
}

/// All that turns on the sync thread; made before it starts and destroyed after it was joined.
struct Engine {
  Engine(SyncOptions given, store::CacheWriter& cache, store::LedgerThread& ledger,
         std::unique_ptr<CurlTransport> curl, const Clock& the_clock, const Chance& chance)
      : options(std::move(given)),
        clock(the_clock),
        writer(ledger),
        transport(std::move(curl)),
        inbox(std::make_shared<Inbox>([wakes = transport.get()] { wakes->wake(); })),
        port(ledger, inbox),
        feed(options.feed, cache, *transport, clock, chance),
        recorder(port, clock),
        cloud_lane(options.store_id, options.cloud, options.jwo.settlement),
        amazon_lane(options.jwo, {}),
        to_cloud(cloud_lane, {reader, port, *transport, clock, chance}),
        processes([to = inbox](Inbox::Task task) { to->post(std::move(task)); }),
        keeper(options.aws, *transport, processes, clock, chance),
        amazon(*transport, [this](std::string_view key) { keeper.refused(key); }),
        to_amazon(amazon_lane, {reader, port, amazon, clock, chance}),
        settler(options.store_id, options.jwo, {}, {reader, port, amazon, clock, chance}) {}

  [[nodiscard]] bool open_ledger();
  void recover_settlements();
  void hand_over_keys();
  SteadyTime turn();
  void wait_until(SteadyTime next);
  [[nodiscard]] bool is_busy() const;
  void drain(SteadyTime until);
  [[nodiscard]] SyncStatus status() const;
  [[nodiscard]] LedgerDamage damage() const;
  void ask(Ask ask);
  void answer(std::uint64_t number, const Reply& reply);
  void reload(SyncOptions given);

  SyncOptions options;
  const Clock& clock;
  const store::LedgerThread& writer;
  store::LedgerReader reader;  ///< not open before there is a ledger
  std::string ledger_error;    ///< why it could not be opened
  std::unique_ptr<CurlTransport> transport;
  std::shared_ptr<Inbox> inbox;
  LedgerInbox port;
  Feed feed;
  Recorder recorder;
  CloudLane cloud_lane;
  AmazonLane amazon_lane;
  Forwarder to_cloud;
  ProcessThread processes;
  CredentialKeeper keeper;
  CredentialWatch amazon;  ///< the way to all that is signed
  AwsCredentials keys;     ///< what is signed with; empty: what is signed waits
  Forwarder to_amazon;
  Settler settler;
  std::unordered_map<std::uint64_t, OpenAsk> asks;  ///< by number
  std::uint64_t last_ask = 0;
  /// Charges whose call the process before us left behind and whose state is still to be written;
  /// nullopt: not known yet.
  std::optional<std::size_t> recovering;
  SteadyTime recover_again_at;
  std::string recovery_error;
  bool draining = false;
};

/// The feed needs no ledger, so it does not wait for one. All that does begins when this says yes.
bool Engine::open_ledger() {
  if (reader.is_open()) return true;
  if (!writer.opened()) return false;
  auto opened = store::LedgerReader::open(options.ledger_file);
  ledger_error = opened ? "" : opened.error().message;
  if (!opened) return false;
  reader = std::move(*opened);
  return true;
}

void Engine::recover_settlements() {
  if (recovering || clock.steady() < recover_again_at) return;
  auto sent = reader.sent_settlements();
  recovery_error = sent ? "" : "settlement has not begun: " + sent.error().message;
  recover_again_at = clock.steady() + recovery_pause;
  if (!sent) return;
  recovering = sent->size();
  for (const std::int64_t trip : *sent) {
    auto work = [trip, now = clock.wall()](store::Ledger& ledger) -> Result<> {
      auto moved = ledger.recover_settlement(trip, now);
      if (!moved) return propagate(std::move(moved));
      return {};
    };
    // One that is damaged stays as it is, which nothing is done about: LedgerThread::damage().
    recorder.commit(std::move(work), [this](const Result<>&) { --*recovering; });
  }
}

void Engine::hand_over_keys() {
  const AwsCredentials* const usable = keeper.usable();
  const AwsCredentials now = usable == nullptr ? AwsCredentials{} : *usable;
  if (now == keys) return;
  keys = now;
  amazon_lane.reload(options.jwo, keys);
  settler.reload(options.jwo, keys);
}

SteadyTime Engine::turn() {
  inbox->run();
  SteadyTime next = std::min({feed.turn(), recorder.turn(), keeper.turn()});
  hand_over_keys();
  if (!open_ledger()) return next;  // asked again at the next turn, in turn_max at the latest
  next = std::min({next, to_cloud.turn(), to_amazon.turn()});
  recover_settlements();
  if (recovering == 0U) next = std::min(next, settler.turn());
  return next;
}

void Engine::wait_until(SteadyTime next) {
  const auto now = clock.steady();
  const auto wait = next <= now ? SteadyTime::duration::zero()
                                : std::min<SteadyTime::duration>(next - now, turn_max);
  transport->poll(std::chrono::ceil<milliseconds>(wait));
}

bool Engine::is_busy() const {
  return to_cloud.in_flight() > 0 || to_amazon.in_flight() > 0 || settler.in_flight() > 0 ||
         !asks.empty();
}

void Engine::drain(SteadyTime until) {
  draining = true;
  feed.stop();
  keeper.stop();
  to_cloud.stop();
  to_amazon.stop();
  settler.stop();
  for (auto next = turn(); is_busy() && clock.steady() < until; next = turn()) {
    wait_until(std::min(next, until));
  }
  for (auto& [number, open] : std::exchange(asks, {})) {
    transport->cancel(open.request);
    open.done(std::nullopt);
  }
  inbox->close();
}

SyncStatus Engine::status() const {
  SyncStatus status{feed.status(),      to_cloud.status(), settler.status(),
                    to_amazon.status(), keeper.status(),   damage()};
  const CredentialStatus& credentials = status.credentials;
  if (credentials.wanted && !credentials.usable) {
    status.payments.last_error =
        "settlement waits for AWS credentials: " +
        (credentials.last_error.empty() ? "they are being fetched" : credentials.last_error);
  }
  if (!recovery_error.empty()) {
    status.payments.open = false;
    status.payments.last_error = recovery_error;
  }
  if (!ledger_error.empty()) {
    status.cloud.open = false;
    status.cloud.last_error = ledger_error;
  }
  return status;
}

LedgerDamage Engine::damage() const {
  LedgerDamage damage;
  if (reader.is_open()) damage.text = reader.damage();
  for (const Quarantine* each :
       {&to_cloud.quarantine(), &to_amazon.quarantine(), &settler.quarantine()}) {
    damage.quarantined += each->size();
    if (damage.text.empty()) damage.text = each->reason();
  }
  return damage;
}

void Engine::ask(Ask ask) {
  const auto left = std::chrono::floor<milliseconds>(ask.deadline - clock.steady());
  if (draining || options.cloud.url.empty() || left.count() <= 0 ||
      asks.size() >= SyncThread::asks_max) {
    return ask.done(std::nullopt);
  }
  Request request;
  request.method = "POST";
  request.url = join_url(options.cloud.url, ask.path);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(ask.body);
  request.timeout = left;
  request.answer_max_bytes = ask_answer_max_bytes;
  request.login = options.cloud.login;
  const auto number = ++last_ask;
  const auto id = transport->start(std::move(request),
                                   [this, number](const Reply& reply) { answer(number, reply); });
  asks.emplace(number, OpenAsk{id, std::move(ask.done)});
}

void Engine::answer(std::uint64_t number, const Reply& reply) {
  auto ask = asks.extract(number);
  if (ask.empty()) return;
  const bool answered = reply.sent == Sent::answered && reply.status == 200;
  ask.mapped().done(answered ? std::optional(reply.body) : std::nullopt);
}

void Engine::reload(SyncOptions given) {
  options = std::move(given);
  transport->allow_in_flight(transport_options(options).in_flight_max);
  feed.reload(options.feed);
  cloud_lane.reload(options.cloud);
  keeper.reload(options.aws);
  amazon_lane.reload(options.jwo, keys);
  settler.reload(options.jwo, keys);
}

}  // namespace

struct SyncThread::State {
  State(SyncOptions given, store::CacheWriter writer, store::LedgerThread& the_ledger,
        const Clock& the_clock, Chance the_chance)
      : options(std::move(given)),
        cache(std::move(writer)),
        ledger(the_ledger),
        clock(the_clock),
        chance(std::move(the_chance)) {}

  void run();
  void publish();

  SyncOptions options;
  store::CacheWriter cache;
  store::LedgerThread& ledger;
  const Clock& clock;
  Chance chance;

  std::atomic<std::uint64_t> turns = 0;
  std::atomic<bool> stopping = false;
  std::atomic<milliseconds> grace{milliseconds{0}};
  mutable Mutex mutex;
  SyncStatus status GUARDED_BY(mutex);

  std::unique_ptr<Engine> engine;
  std::atomic<Engine*> running = nullptr;  ///< for other threads, which may come before start()
  std::thread thread;
};

void SyncThread::State::publish() {
  auto now = engine->status();
  ++turns;
  MutexLock lock(mutex);
  status = std::move(now);
}

void SyncThread::State::run() {
  pthread_setname_np(pthread_self(), "sync");
  while (!stopping) {
    const auto next = engine->turn();
    publish();
    engine->wait_until(next);
  }
  engine->drain(clock.steady() + grace.load());
  publish();
}

SyncThread::SyncThread(SyncOptions options, store::CacheWriter cache, store::LedgerThread& ledger,
                       const Clock& clock, Chance chance)
    : state_(std::make_unique<State>(std::move(options), std::move(cache), ledger, clock,
                                     std::move(chance))) {}

SyncThread::~SyncThread() {
  stop(milliseconds{0});
}

Result<> SyncThread::start() {
  State& state = *state_;
  auto transport = CurlTransport::open(transport_options(state.options));
  if (!transport) return propagate(std::move(transport), "starting the sync thread");
  state.engine = std::make_unique<Engine>(state.options, state.cache, state.ledger,
                                          std::move(*transport), state.clock, state.chance);
  state.running = state.engine.get();
  state.thread = std::thread([&state] { state.run(); });
  return {};
}

void SyncThread::stop(milliseconds grace) {
  if (!state_->thread.joinable()) return;
  state_->grace = grace;
  state_->stopping = true;
  wake();
  state_->thread.join();
}

void SyncThread::wake() {
  if (const Engine* engine = state_->running) engine->transport->wake();
}

SyncStatus SyncThread::status() const {
  MutexLock lock(state_->mutex);
  return state_->status;
}

std::uint64_t SyncThread::turns() const noexcept {
  return state_->turns;
}

void SyncThread::ask(std::string path, std::string body, milliseconds deadline,
                     std::function<void(std::optional<std::string>)> done) {
  Engine* engine = state_->running;
  if (engine == nullptr) return done(std::nullopt);
  Ask asked{std::move(path), std::move(body), state_->clock.steady() + deadline, done};
  const bool posted = engine->inbox->post(
      [engine, asked = std::move(asked)]() mutable { engine->ask(std::move(asked)); });
  if (!posted) done(std::nullopt);
}

void SyncThread::reload(SyncOptions options) {
  Engine* engine = state_->running;
  if (engine == nullptr) return;
  (void)engine->inbox->post(
      [engine, options = std::move(options)]() mutable { engine->reload(std::move(options)); });
}

}  // namespace gatehouse::sync
