#include "tests/daemon/local/running_local_api.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <stdexcept>

#include "store/ledger/ledger_reader.hpp"
#include "tests/daemon/http/raw_client.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::local {
namespace {

/// '' where the header has none of that name, which is as the daemon writes it.
std::string field_of(std::string_view header, std::string_view name) {
  const auto line = "\r\n" + std::string(name) + ": ";
  const auto found = header.find(line);
  if (found == header.npos) return "";
  const auto value = header.substr(found + line.size());
  return std::string(value.substr(0, value.find("\r\n")));
}

LocalReply exchange(http::RawClient client, const std::string& method, const std::string& target,
                    const std::string& body) {
  client.send(method + " " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  const std::string answer = client.receive_answer();
  constexpr std::string_view version = "HTTP/1.1 ";
  constexpr std::string_view blank_line = "\r\n\r\n";
  const std::string header = answer.substr(0, answer.find(blank_line) + blank_line.size());
  return {static_cast<unsigned>(std::stoul(header.substr(version.size()))),
          answer.substr(header.size()), field_of(header, "Content-Type"),
          field_of(header, "Allow")};
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
  boost::asio::post(loop_, [this] {
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
  return exchange(http::RawClient(reading_->port()), method, target, body);
}

LocalReply RunningLocalApi::change_over_tcp(const std::string& target,
                                            const std::string& body) const {
  return exchange(http::RawClient(open_->port()), "POST", target, body);
}

LocalReply RunningLocalApi::control(const std::string& method, const std::string& target,
                                    const std::string& body) const {
  return exchange(http::RawClient(socket()), method, target, body);
}

}  // namespace gatehouse::local
