#include "tests/daemon/local/running_local_api.hpp"

#include <unistd.h>
#include <fstream>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <future>
#include <stdexcept>

#include "store/ledger/ledger_reader.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::local {
namespace {

namespace asio = boost::asio;
namespace http_of_beast = boost::beast::http;

template <class Socket>
LocalReply exchange(Socket& socket, const std::string& method, const std::string& target,
                    const std::string& body) {
  http_of_beast::request<http_of_beast::string_body> request;
  request.method_string(method);
  request.target(target);
  request.set(http_of_beast::field::host, "test");
  request.body() = body;
  request.prepare_payload();
  http_of_beast::write(socket, request);
  boost::beast::flat_buffer buffer;
  http_of_beast::response<http_of_beast::string_body> answer;
  http_of_beast::read(socket, buffer, answer);
  return {answer.result_int(), answer.body(),
          std::string(answer[http_of_beast::field::content_type]),
          std::string(answer[http_of_beast::field::allow])};
}

LocalReply over_tcp(std::uint16_t port, const std::string& method, const std::string& target,
                    const std::string& body) {
  asio::io_context loop;
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  return exchange(socket, method, target, body);
}

template <class T>
T require(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

store::NewCart cart(const std::string& trip_id, const Clock& clock) {
  store::NewCart cart;
  cart.trip_id = trip_id;
  cart.purchase_id = "purchase-" + trip_id;
  cart.started_at = clock.wall() - std::chrono::minutes(1);
  cart.received_at = clock.wall();
  cart.body = "{}";
  return cart;
}

}  // namespace

RunningLocalApi::RunningLocalApi(ProcessFacts facts, sync::SettlementMode settlement,
                                 const std::string& instead)
    : facts_(std::move(facts)) {
  const auto file = folder_.path() / "ledger.db";
  if (!instead.empty()) std::ofstream(file) << instead;
  writer_ = std::make_unique<store::LedgerThread>(file);
  // Where it does not open, that is what the test is about.
  (void)writer_->wait_opened(std::chrono::seconds{20});
  LocalOptions options;
  options.own_uid = ::geteuid();
  options.store_id = "STORE-7";
  options.settlement = settlement;
  options.report_payment_status = true;
  options.counts_max_age = milliseconds(0);
  options.swift_facts = [this] { return facts_; };
  FactsSource facts_source = [this] {
    ++facts_asked_;
    return facts_;
  };
  api_ = std::make_unique<LocalApi>(std::move(options), file, *writer_, metrics_,
                                    std::move(facts_source), clock_, loop_);
  const http::Limits limits;
  reading_ = std::make_unique<http::Server>(loop_, limits, api_->reading());
  open_ = std::make_unique<http::Server>(loop_, limits, api_->everything());
  control_ = std::make_unique<http::Server>(loop_, limits, api_->everything());
  require(reading_->listen("127.0.0.1:0"));
  require(open_->listen("127.0.0.1:0"));
  require(control_->listen(socket()));
  thread_ = std::thread([this] { loop_.run(); });
}

RunningLocalApi::~RunningLocalApi() {
  asio::post(loop_, [this] {
    reading_->close();
    open_->close();
    control_->close();
    loop_.stop();
  });
  thread_.join();
  writer_->stop();
}

void RunningLocalApi::commit(std::move_only_function<Result<>(store::Ledger&)> work) {
  std::promise<Result<>> committed;
  std::move_only_function<void(Result<>)> done = [&](Result<> result) {
    committed.set_value(std::move(result));
  };
  if (!writer_->submit<void>(std::move(work), std::move(done))) {
    throw std::runtime_error("the ledger takes nothing");
  }
  require(committed.get_future().get());
}

void RunningLocalApi::lose_history() {
  commit([&](store::Ledger& ledger) {
    return ledger.note_gap({store::GapKind::behind, clock_.wall(), {"a-uuid", 1, 90}, 7});
  });
}

std::string RunningLocalApi::bytes_of(std::int64_t delivery_id) {
  auto reader = require(store::LedgerReader::open(folder_.path() / "ledger.db"));
  return require(reader.bytes_of_delivery(delivery_id));
}

void RunningLocalApi::damage(const std::string& name) {
  const auto file = folder_.path() / "ledger.db";
  {
    auto database = require(store::sqlite::Database::open(file, store::sqlite::Access::create));
    require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  store::zero_leaves_of(file, name);
}

void RunningLocalApi::move_charge(const std::string& trip_id, store::SettlementState from,
                                  store::SettlementState to, bool unclear) {
  auto reader = require(store::LedgerReader::open(folder_.path() / "ledger.db"));
  const auto trip = require(reader.trip(trip_id));
  commit([&](store::Ledger& ledger) {
    return ledger.move_settlement({.trip_sequence = trip->sequence,
                                   .from = from,
                                   .to = to,
                                   .at = clock_.wall(),
                                   .next_attempt_at = clock_.wall(),
                                   .reason = "",
                                   .payment_record = {},
                                   .charge_unclear = unclear});
  });
}

std::vector<std::string> RunningLocalApi::payloads_to_amazon() {
  auto reader = require(store::LedgerReader::open(folder_.path() / "ledger.db"));
  std::vector<std::string> payloads;
  for (const auto& due :
       require(reader.due_deliveries(store::Lane::amazon, clock_.wall(), milliseconds{60'000},
                                     store::LedgerReader::Order::oldest_first, 100))) {
    payloads.push_back(require(reader.delivery(due)).payload);
  }
  return payloads;
}

void RunningLocalApi::hold_partly_approved(const std::string& trip_id, const Money& approved) {
  auto reader = require(store::LedgerReader::open(folder_.path() / "ledger.db"));
  const auto trip = require(reader.trip(trip_id));
  commit([&](store::Ledger& ledger) {
    return ledger.move_settlement({.trip_sequence = trip->sequence,
                                   .from = store::SettlementState::adjust_sent,
                                   .to = store::SettlementState::held,
                                   .at = clock_.wall(),
                                   .next_attempt_at = clock_.wall(),
                                   .reason = "",
                                   .payment_record = {},
                                   .approved = approved});
  });
}

void RunningLocalApi::add_trip(const std::string& trip_id, milliseconds began_ago,
                               const std::string& store_id) {
  store::NewCart added = cart(trip_id, clock_);
  added.store_id = store_id;
  added.started_at = clock_.wall() - began_ago;
  added.entry = store::Entry::card;
  added.first_settlement = store::SettlementState::awaiting_price;
  commit([&](store::Ledger& ledger) -> Result<> {
    auto receipt = ledger.append(added);
    if (!receipt) return propagate(receipt);
    return {};
  });
}

void RunningLocalApi::add_refused(const std::string& trip_id, const std::string& body) {
  commit([&](store::Ledger& ledger) -> Result<> {
    auto kept = ledger.keep_refused({.trip_id = trip_id,
                                     .reason = "payloadType has another value (PALM)",
                                     .caller = "10.0.0.1",
                                     .body = body,
                                     .received_at = clock_.wall()});
    if (!kept) return propagate(kept);
    return {};
  });
}

void RunningLocalApi::add_app_trip(const std::string& trip_id) {
  commit([&](store::Ledger& ledger) -> Result<> {
    auto receipt = ledger.append(cart(trip_id, clock_));
    if (!receipt) return propagate(receipt);
    return {};
  });
}

void RunningLocalApi::set_aside(std::int64_t delivery_id, const std::string& reason) {
  commit([&](store::Ledger& ledger) {
    return ledger.record_attempt({.delivery_id = delivery_id,
                                  .state = store::DeliveryState::set_aside,
                                  .at = clock_.wall(),
                                  .next_attempt_at = {},
                                  .reason = reason,
                                  .charge = {}});
  });
}

void RunningLocalApi::put_off(std::int64_t delivery_id, milliseconds next_attempt_in) {
  commit([&](store::Ledger& ledger) {
    return ledger.record_attempt({.delivery_id = delivery_id,
                                  .state = store::DeliveryState::pending,
                                  .at = clock_.wall(),
                                  .next_attempt_at = clock_.wall() + next_attempt_in,
                                  .reason = "status 503",
                                  .charge = {}});
  });
}

LocalReply RunningLocalApi::read(const std::string& method, const std::string& target,
                                 const std::string& body) const {
  return over_tcp(reading_->port(), method, target, body);
}

LocalReply RunningLocalApi::change_over_tcp(const std::string& target,
                                            const std::string& body) const {
  return over_tcp(open_->port(), "POST", target, body);
}

LocalReply RunningLocalApi::control(const std::string& method, const std::string& target,
                                    const std::string& body) const {
  asio::io_context loop;
  asio::local::stream_protocol::socket connected(loop);
  connected.connect({socket()});
  return exchange(connected, method, target, body);
}

}  // namespace gatehouse::local
