#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http/server.hpp"
#include "daemon/local/local_api.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::local {

struct LocalReply {
  unsigned status = 0;
  std::string body;
  std::string content_type;
  std::string allow;
};

/// The machine's clocks, and what a test adds to each.
class SteppedClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return system_.wall() + wall_ahead_.load(); }
  [[nodiscard]] SteadyTime steady() const override { return system_.steady() + passed_.load(); }
  void step_wall(milliseconds by) { wall_ahead_ = wall_ahead_.load() + by; }
  /// By both clocks.
  void pass(milliseconds time) {
    step_wall(time);
    passed_ = passed_.load() + time;
  }

 private:
  SystemClock system_;
  std::atomic<milliseconds> wall_ahead_{milliseconds{0}};
  std::atomic<milliseconds> passed_{milliseconds{0}};
};

/// The local API on real sockets, over a real ledger in a folder of its own.
class RunningLocalApi {
 public:
  /// `instead`: what stands in the ledger's file, where that is no ledger.
  explicit RunningLocalApi(ProcessFacts facts,
                           sync::SettlementMode settlement = sync::SettlementMode::payment,
                           const std::string& instead = "");
  ~RunningLocalApi();

  /// Puts a card trip that waits for its price, with its cart's delivery, into the ledger.
  void add_trip(const std::string& trip_id, milliseconds began_ago = milliseconds{0},
                const std::string& store_id = "");
  /// What the sync thread would do to its charge.
  /// From adjust_sent.
  void hold_partly_approved(const std::string& trip_id, const Money& approved);
  void move_charge(const std::string& trip_id, store::SettlementState from,
                   store::SettlementState to, bool unclear = false);
  /// The same of an app entry: nothing to settle.
  void add_app_trip(const std::string& trip_id);
  /// The gate answered a cart 400.
  void add_refused(const std::string& trip_id, const std::string& body);
  /// The cloud refused this delivery for good.
  void set_aside(std::int64_t delivery_id, const std::string& reason);
  /// An attempt at this delivery failed, and the next is so far away.
  void put_off(std::int64_t delivery_id, milliseconds next_attempt_in);
  /// What an older copy of the ledger, put back, means at a start.
  void lose_history();
  /// What waits for Amazon: its bytes.
  [[nodiscard]] std::vector<std::string> payloads_to_amazon();
  /// What a delivery sends, whatever its state.
  [[nodiscard]] std::string bytes_of(std::int64_t delivery_id);
  [[nodiscard]] SteppedClock& clock() { return clock_; }
  /// The pages of this table or index become zeros, before anybody has read them.
  void damage(const std::string& name);
  /// How often somebody wanted the facts that the disk is read for.
  [[nodiscard]] int facts_asked() const { return facts_asked_; }
  /// Stops the ledger thread, as a shutdown does first.
  void stop_ledger() { writer_->stop(); }

  /// Over TCP, where nothing may be changed.
  [[nodiscard]] LocalReply read(const std::string& method, const std::string& target,
                                const std::string& body = "") const;
  /// Over TCP, but to the handler that allows changes: nobody is known to ask.
  [[nodiscard]] LocalReply change_over_tcp(const std::string& target,
                                           const std::string& body) const;
  /// Over the control socket.
  [[nodiscard]] LocalReply control(const std::string& method, const std::string& target,
                                   const std::string& body = "") const;
  [[nodiscard]] std::string socket() const { return (folder_.path() / "control.sock").string(); }

 private:
  void commit(std::move_only_function<Result<>(store::Ledger&)> work);

  child::TemporaryFolder folder_;
  SteppedClock clock_;
  Metrics metrics_;
  ProcessFacts facts_;
  std::atomic<int> facts_asked_ = 0;
  std::unique_ptr<store::LedgerThread> writer_;
  boost::asio::io_context loop_{1};
  std::unique_ptr<LocalApi> api_;
  std::unique_ptr<http::Server> reading_;
  std::unique_ptr<http::Server> open_;
  std::unique_ptr<http::Server> control_;
  std::thread thread_;
};

}  // namespace gatehouse::local
