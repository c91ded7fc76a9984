#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "store/ledger/ledger_reader.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "sync/sync_thread.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/feed/cache_fixture.hpp"

namespace gatehouse::sync {

/// Waits until `condition` holds. False: it did not within 20 s.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    child::pause();
  }
  return true;
}

/// The machine's clocks, ahead by as much as a test says. Thread-safe.
class LeapingClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return clock_.wall() + ahead_.load(); }
  [[nodiscard]] SteadyTime steady() const override { return clock_.steady() + ahead_.load(); }
  void leap(milliseconds by) { ahead_ = ahead_.load() + by; }

 private:
  SystemClock clock_;
  std::atomic<milliseconds> ahead_{milliseconds{0}};
};

/// A sync thread over a real ledger and a real cache; a test starts it.
class SyncThreadTest : public testing::Test {
 protected:
  SyncThreadTest() {
    writer_.emplace(ledger_file_);
    EXPECT_TRUE(writer_->wait_opened(std::chrono::seconds{20}));
    options_.store_id = "STORE-001";
    options_.ledger_file = ledger_file_;
  }
  ~SyncThreadTest() override {
    if (sync_) sync_->stop(milliseconds{0});
    writer_->stop();
  }

  void start() {
    sync_.emplace(options_, cache_.serve(), *writer_, clock_, [] { return 0.1; });
    const auto started = sync_->start();
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }

  /// Runs on the ledger thread, and waits for the commit.
  void write(std::function<Result<>(store::Ledger&)> work) {
    std::atomic<int> outcome = 0;
    ASSERT_TRUE(writer_->submit<void>(
        std::move(work), [&outcome](const Result<>& result) { outcome = result ? 1 : 2; }));
    ASSERT_TRUE(eventually([&outcome] { return outcome != 0; }));
    ASSERT_EQ(outcome, 1);
  }
  void take_cart(const std::string& trip_id,
                 std::optional<store::SettlementState> settlement = std::nullopt) {
    write([this, trip_id, settlement](store::Ledger& ledger) -> Result<> {
      store::NewCart cart;
      cart.trip_id = trip_id;
      cart.purchase_id = "purchase-" + trip_id;
      cart.entry = settlement ? store::Entry::card : store::Entry::app;
      cart.started_at = cart.received_at = clock_.wall();
      cart.body = "{\"cart\":\"" + trip_id + "\"}";
      cart.first_settlement = settlement;
      auto receipt = ledger.append(cart);
      if (!receipt) return propagate(receipt);
      return {};
    });
    if (sync_) sync_->wake();
  }
  [[nodiscard]] store::LedgerCounts counts() {
    auto reader = store::LedgerReader::open(ledger_file_);
    EXPECT_TRUE(reader.has_value());
    return reader->counts().value_or(store::LedgerCounts{});
  }
  [[nodiscard]] store::SettlementState settlement_of(const std::string& trip_id) {
    auto reader = store::LedgerReader::open(ledger_file_);
    EXPECT_TRUE(reader.has_value());
    const auto trip = reader->trip(trip_id);
    EXPECT_TRUE(trip.has_value() && trip->has_value() && (*trip)->settlement);
    return (*trip)->settlement->state;
  }

  CacheFixture cache_;
  std::filesystem::path ledger_file_ = cache_.folder() / "ledger.db";
  LeapingClock clock_;
  std::optional<store::LedgerThread> writer_;
  SyncOptions options_;
  std::optional<SyncThread> sync_;
};

}  // namespace gatehouse::sync
