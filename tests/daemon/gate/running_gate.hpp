#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "daemon/gate/call/observer.hpp"
#include "daemon/gate/gate.hpp"
#include "daemon/http/server.hpp"
#include "store/cache/cache.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "tests/child/child.hpp"
#include "tests/daemon/http/raw_client.hpp"

namespace gatehouse::gate {

/// The machine's clocks, moved ahead by what the test says.
class MovableClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return system_.wall() + ahead_.load(); }
  [[nodiscard]] SteadyTime steady() const override { return system_.steady() + ahead_.load(); }
  void move(milliseconds ahead) { ahead_ = ahead_.load() + ahead; }

 private:
  SystemClock system_;
  std::atomic<milliseconds> ahead_{milliseconds{0}};
};

class CountingObserver final : public Observer {
 public:
  void call_answered(ConnectorId connector, std::size_t counted,
                     std::chrono::nanoseconds took) override;
  void request_refused(unsigned status) override;
  void cart_refused(RefusedKeeping keeping, WallTime at) override;
  void cart_turned_away(unsigned status, WallTime at) override;

  [[nodiscard]] int count(ScanOutcome outcome) const;
  [[nodiscard]] int count_identity(ScanOutcome outcome) const;
  [[nodiscard]] int count(DetailsAnswer answer) const;
  [[nodiscard]] int count(AuthorizationAnswer answer) const;
  [[nodiscard]] int count(CartAnswer answer) const;
  [[nodiscard]] int count_refused(unsigned status) const;
  [[nodiscard]] int count(RefusedKeeping keeping) const;
  [[nodiscard]] int count_turned_away(unsigned status) const;

 private:
  template <class Which, class Answer>
  [[nodiscard]] int count_of(Answer answer) const;

  mutable std::mutex mutex_;
  std::map<std::pair<ConnectorId, std::size_t>, int> answered_;
  std::map<unsigned, int> refused_;
  std::map<RefusedKeeping, int> kept_or_not_;
  std::map<unsigned, int> turned_away_;
};

struct ParsedAnswer {
  unsigned status = 0;
  std::string header;
  nlohmann::json body;
};
[[nodiscard]] ParsedAnswer parse_answer(const std::string& answer);
[[nodiscard]] std::string post_request(std::string_view path, std::string_view body,
                                       std::string_view more_fields = {});

/// One connection to the gate.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : client_(port) {}
  void send(std::string_view request) { client_.send(request); }
  [[nodiscard]] bool hears_within(milliseconds time) { return client_.readable_within(time); }
  [[nodiscard]] ParsedAnswer hear() { return parse_answer(client_.receive_answer()); }
  /// The answer after which the gate closes; what follows it is an error.
  [[nodiscard]] ParsedAnswer hear_last() { return parse_answer(client_.receive_all()); }

 private:
  http::RawClient client_;
};

/// What was logged, readable while it is written.
class LogSink;

/// A gate behind a real server on a loop and thread of its own, over a real cache and a real ledger
/// in a folder of its own. Logs of the process go to log() while it lives.
class RunningGate {
 public:
  explicit RunningGate(GateOptions options = default_options(), AskCloud ask_cloud = {},
                       store::LedgerThreadOptions ledger_options = {});
  ~RunningGate();

  [[nodiscard]] static GateOptions default_options();

  /// From now on nobody confirms the wall clock.
  void doubt_clock() { clock_confirmed_ = false; }

  /// One request over a connection of its own.
  [[nodiscard]] ParsedAnswer ask(std::string_view request);
  /// One request on a path, over a connection of its own.
  [[nodiscard]] ParsedAnswer post(std::string_view path, const nlohmann::json& body);
  [[nodiscard]] ParsedAnswer scan(const nlohmann::json& body);
  [[nodiscard]] ParsedAnswer send_cart(const nlohmann::json& body);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Caller connect() const { return Caller(port_); }

  void put(const std::string& key, const std::string& shopper_id, store::Role role,
           store::Status status, const std::string& loyalty = {});
  void put_instrument(const std::string& id, const store::Instrument& instrument);
  /// Makes every read of the cache fail from now on.
  void break_cache();
  /// The cache was last in step with the feed at this time.
  void set_synced_at(WallTime time);

  /// Keeps the ledger thread busy until let_ledger_go().
  void hold_ledger();
  void let_ledger_go();
  /// The process ends and starts again on the same files.
  void restart();
  void destroy_gate();
  void reload(GateOptions options);
  /// Stops the loop with whatever waits in it, as a process that must end now.
  void stop_loop();

  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_.path() / "ledger.db"; }
  [[nodiscard]] CountingObserver& observer() { return observer_; }
  [[nodiscard]] MovableClock& clock() { return clock_; }
  [[nodiscard]] store::LedgerThread& ledger() { return *ledger_; }
  [[nodiscard]] std::string log() const;

 private:
  void start();
  void stop();
  void on_loop(const std::function<void()>& action);
  /// What the test gave, for the gate of each start.
  [[nodiscard]] AskCloud ask_cloud();

  child::TemporaryFolder folder_;
  GateOptions options_;
  AskCloud ask_cloud_;
  store::LedgerThreadOptions ledger_options_;
  MovableClock clock_;
  std::atomic<bool> clock_confirmed_ = true;
  CountingObserver observer_;
  std::shared_ptr<LogSink> log_;

  store::CacheVersion version_{0};
  std::unique_ptr<store::CacheWriter> cache_;
  std::unique_ptr<boost::asio::io_context> loop_;
  std::unique_ptr<store::LedgerThread> ledger_;
  std::shared_ptr<std::latch> ledger_held_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<http::Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace gatehouse::gate
