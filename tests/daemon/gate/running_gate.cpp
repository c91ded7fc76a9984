#include "tests/daemon/gate/running_gate.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>

#include "store/sqlite/database.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

store::HashKey hash_key() {
  return store::HashKey::from_bytes({});
}

}  // namespace

class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  [[nodiscard]] std::string text() {
    const std::scoped_lock lock(mutex_);
    return text_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    text_.append(message.payload.data(), message.payload.size()).append(1, '\n');
  }
  void flush_() override {}

  std::string text_;
};

void CountingObserver::call_answered(ConnectorId connector, std::size_t counted,
                                     std::chrono::nanoseconds took) {
  EXPECT_GE(took.count(), 0);
  const std::scoped_lock lock(mutex_);
  ++answered_[{connector, counted}];
}
void CountingObserver::request_refused(unsigned status) {
  const std::scoped_lock lock(mutex_);
  ++refused_[status];
}

void CountingObserver::cart_refused(RefusedKeeping keeping, WallTime at) {
  EXPECT_GT(at, WallTime{});
  const std::scoped_lock lock(mutex_);
  ++kept_or_not_[keeping];
}
void CountingObserver::cart_turned_away(unsigned status, WallTime at) {
  EXPECT_GT(at, WallTime{});
  const std::scoped_lock lock(mutex_);
  ++turned_away_[status];
}
int CountingObserver::count(RefusedKeeping keeping) const {
  const std::scoped_lock lock(mutex_);
  const auto found = kept_or_not_.find(keeping);
  return found == kept_or_not_.end() ? 0 : found->second;
}
int CountingObserver::count_turned_away(unsigned status) const {
  const std::scoped_lock lock(mutex_);
  const auto found = turned_away_.find(status);
  return found == turned_away_.end() ? 0 : found->second;
}

template <class Which, class Answer>
int CountingObserver::count_of(Answer answer) const {
  const std::scoped_lock lock(mutex_);
  const auto found = answered_.find({id_of<Which>, static_cast<std::size_t>(answer)});
  return found == answered_.end() ? 0 : found->second;
}
int CountingObserver::count(ScanOutcome outcome) const {
  return count_of<ScanConnector>(outcome);
}
int CountingObserver::count_identity(ScanOutcome outcome) const {
  return count_of<IdentityConnector>(outcome);
}
int CountingObserver::count(DetailsAnswer answer) const {
  return count_of<DetailsConnector>(answer);
}
int CountingObserver::count(AuthorizationAnswer answer) const {
  return count_of<AuthorizationConnector>(answer);
}
int CountingObserver::count(CartAnswer answer) const {
  return count_of<CartConnector>(answer);
}
int CountingObserver::count_refused(unsigned status) const {
  const std::scoped_lock lock(mutex_);
  const auto found = refused_.find(status);
  return found == refused_.end() ? 0 : found->second;
}

ParsedAnswer parse_answer(const std::string& answer) {
  const auto end_of_header = answer.find("\r\n\r\n");
  if (end_of_header == std::string::npos) throw std::runtime_error("no header: " + answer);
  ParsedAnswer parsed;
  parsed.status = static_cast<unsigned>(std::stoul(answer.substr(answer.find(' ') + 1, 3)));
  parsed.header = answer.substr(0, end_of_header + 2);
  parsed.body = nlohmann::json::parse(answer.substr(end_of_header + 4));
  return parsed;
}

std::string post_request(std::string_view path, std::string_view body,
                         std::string_view more_fields) {
  std::string request = "POST ";
  request.append(path).append(" HTTP/1.1\r\nHost: gate\r\n").append(more_fields);
  request.append("Content-Length: ").append(std::to_string(body.size()));
  return request.append("\r\n\r\n").append(body);
}

GateOptions RunningGate::default_options() {
  GateOptions options;
  options.store_id = "STORE-001";
  options.also_known_as = {"OLD-NAME"};
  options.settlement = sync::SettlementMode::payment;
  options.key_channels = {"OPTICAL"};
  options.cart_rules = documented_rules;
  return options;
}

RunningGate::RunningGate(GateOptions options, AskCloud ask_cloud,
                         store::LedgerThreadOptions ledger_options)
    : options_(std::move(options)),
      ask_cloud_(std::move(ask_cloud)),
      ledger_options_(ledger_options),
      log_(std::make_shared<LogSink>()) {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", log_));
  start();
}

RunningGate::~RunningGate() {
  stop();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("silent"));
}

ParsedAnswer RunningGate::ask(std::string_view request) {
  Caller caller = connect();
  caller.send(request);
  return caller.hear();
}

ParsedAnswer RunningGate::post(std::string_view path, const nlohmann::json& body) {
  return ask(post_request(path, body.dump()));
}

ParsedAnswer RunningGate::scan(const nlohmann::json& body) {
  return post("/v1/identity/scan", body);
}

ParsedAnswer RunningGate::send_cart(const nlohmann::json& body) {
  return post("/v1/order/purchases", body);
}

void RunningGate::put(const std::string& key, const std::string& shopper_id, store::Role role,
                      store::Status status, const std::string& loyalty) {
  const store::ShopperChange change = store::ShopperPut{
      .document_id = "shopper:" + shopper_id,
      .shopper_id = shopper_id,
      .role = role,
      .status = status,
      .keys = {key},
      .loyalty = loyalty,
  };
  value_of(cache_->apply({&change, 1}, {.cursor = "1", .complete = true, .synced_at = {}}));
}

void RunningGate::put_instrument(const std::string& id, const store::Instrument& instrument) {
  const store::ShopperChange change = store::InstrumentPut{"instrument:" + id, instrument};
  value_of(cache_->apply({&change, 1}, {.cursor = "1", .complete = true, .synced_at = {}}));
}

void RunningGate::break_cache() {
  const auto file = folder_.path() / "cache.db";
  auto other = value_of(store::sqlite::Database::open(file, store::sqlite::Access::create));
  value_of(other.execute("DROP TABLE instrument; DROP TABLE shopper; DROP TABLE credential"));
  ++version_.commits;
}

void RunningGate::set_synced_at(WallTime time) {
  value_of(cache_->apply({}, {.cursor = "2", .complete = true, .synced_at = time}));
}

void RunningGate::hold_ledger() {
  ledger_held_ = std::make_shared<std::latch>(1);
  std::promise<void> reached;
  auto is_held = reached.get_future();
  const bool accepted = ledger_->submit<int>(
      [held = ledger_held_, reached = std::move(reached)](store::Ledger&) mutable -> Result<int> {
        reached.set_value();
        held->wait();
        return 0;
      },
      [](const Result<int>&) {});
  ASSERT_TRUE(accepted);
  is_held.wait();
}

void RunningGate::let_ledger_go() {
  if (ledger_held_) ledger_held_->count_down();
  ledger_held_.reset();
}

void RunningGate::restart() {
  stop();
  start();
}

void RunningGate::destroy_gate() {
  on_loop([this] { gate_.reset(); });
}

void RunningGate::reload(GateOptions options) {
  on_loop([&] { gate_->reload(std::move(options)); });
}

void RunningGate::stop_loop() {
  loop_->stop();
  thread_.join();
}

std::string RunningGate::log() const {
  return log_->text();
}

void RunningGate::start() {
  cache_ = std::make_unique<store::CacheWriter>(
      value_of(store::CacheWriter::open(folder_.path() / "cache.db", hash_key(), version_)));
  ledger_ = std::make_unique<store::LedgerThread>(ledger_file(), ledger_options_);
  EXPECT_TRUE(ledger_->wait_opened(std::chrono::seconds{20})) << ledger_->trouble();
  loop_ = std::make_unique<boost::asio::io_context>(1);
  gate_ = std::make_unique<Gate>(
      options_,
      value_of(store::CacheReader::open(folder_.path() / "cache.db", hash_key(), version_)),
      *ledger_, clock_, *loop_, observer_, ask_cloud(),
      [this] { return ClockWord{.confirmed = clock_confirmed_}; });
  server_ = std::make_unique<http::Server>(*loop_, http::Limits{}, gate_->handler());
  server_->check_headers(gate_->header_check());
  server_->observe_refusals(gate_->refusal_observer());
  value_of(server_->listen("127.0.0.1:0"));
  port_ = server_->port();
  thread_ = std::thread([this] {
    const auto busy = boost::asio::make_work_guard(*loop_);
    loop_->run();
  });
}

AskCloud RunningGate::ask_cloud() {
  if (!ask_cloud_) return {};
  return [this](std::string path, std::string body, milliseconds deadline, CloudAnswered done) {
    ask_cloud_(std::move(path), std::move(body), deadline, std::move(done));
  };
}

void RunningGate::stop() {
  if (thread_.joinable()) stop_loop();
  server_.reset();
  gate_.reset();
  let_ledger_go();
  ledger_->stop();
  loop_.reset();
  ledger_.reset();
  cache_.reset();
}

void RunningGate::on_loop(const std::function<void()>& action) {
  std::promise<void> done;
  boost::asio::post(*loop_, [&] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace gatehouse::gate
