#include "daemon/local/ledger/local_ledger.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <future>

#include "tests/child/child.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;

/// On which every look takes a while.
class SlowClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return from_unix_ms(1'700'000'000'000); }
  [[nodiscard]] SteadyTime steady() const override {
    return SteadyTime{milliseconds{ms_ += look_takes.load().count()}};
  }
  void advance(milliseconds by) { ms_ += by.count(); }
  std::atomic<milliseconds> look_takes{0ms};

 private:
  mutable std::atomic<std::int64_t> ms_{1'000'000};
};

class LocalLedgerTest : public testing::Test {
 protected:
  LocalLedgerTest() { EXPECT_TRUE(writer_.wait_opened(20s)); }

  /// Behind the local API's back, as a cart comes.
  void add_trip(const std::string& trip_id) {
    store::NewCart cart;
    cart.trip_id = trip_id;
    cart.body = "{}";
    std::promise<bool> committed;
    ASSERT_TRUE(writer_.submit<store::CartReceipt>(
        [cart](store::Ledger& ledger) { return ledger.append(cart); },
        [&committed](const auto& done) { committed.set_value(done.has_value()); }));
    ASSERT_TRUE(committed.get_future().get());
  }
  std::int64_t trips() { return ledger_.recent_counts().counts.trips; }

  child::TemporaryFolder folder_;
  SlowClock clock_;
  boost::asio::io_context loop_;
  store::LedgerThread writer_{folder_.path() / "ledger.db"};
  LocalLedger ledger_{folder_.path() / "ledger.db", writer_, clock_, loop_, {20s, 1s}};
};

TEST_F(LocalLedgerTest, CountsAtMostOnceASecond) {
  EXPECT_EQ(trips(), 0);
  add_trip("T-1");
  clock_.advance(999ms);
  EXPECT_EQ(trips(), 0);
  clock_.advance(1ms);
  EXPECT_EQ(trips(), 1);
}

TEST_F(LocalLedgerTest, SpendsATwentiethOfItsTimeOnCountingAtMostHoweverLongThatTakes) {
  clock_.look_takes = 200ms;
  EXPECT_EQ(trips(), 0);
  clock_.look_takes = 0ms;
  add_trip("T-1");
  clock_.advance(3'700ms);
  EXPECT_EQ(trips(), 0) << "it took 200 ms";
  clock_.advance(100ms);
  EXPECT_EQ(trips(), 1);
}

TEST_F(LocalLedgerTest, UsesACountForHalfAMinuteAtMostHoweverLongItTook) {
  clock_.look_takes = 1h;
  EXPECT_EQ(trips(), 0);
  clock_.look_takes = 0ms;
  add_trip("T-1");
  clock_.advance(29'999ms);
  EXPECT_EQ(trips(), 0);
  clock_.advance(1ms);
  EXPECT_EQ(trips(), 1) << "the process may just have been stopped for an hour";
}

TEST_F(LocalLedgerTest, CountsAgainASecondAfterItCouldNotHoweverLongThatTook) {
  const auto file = folder_.path() / "late.db";
  LocalLedger late(file, writer_, clock_, loop_, {20s, 1s});
  clock_.look_takes = 30s;
  EXPECT_NE(late.recent_counts().unreadable, "");
  clock_.look_takes = 0ms;
  store::LedgerThread writer(file);
  ASSERT_TRUE(writer.wait_opened(20s));
  clock_.advance(999ms);
  EXPECT_NE(late.recent_counts().unreadable, "");
  clock_.advance(1ms);
  EXPECT_EQ(late.recent_counts().unreadable, "");
}

TEST_F(LocalLedgerTest, CountsAgainAfterItsOwnCommit) {
  clock_.look_takes = 200ms;
  EXPECT_EQ(trips(), 0);
  bool committed = false;
  boost::asio::co_spawn(loop_, ledger_.commit([](store::Ledger& ledger) -> Result<> {
    store::NewCart cart;
    cart.trip_id = "T-1";
    cart.body = "{}";
    const auto done = ledger.append(cart);
    if (!done) return propagate(done);
    return {};
  }),
                        [&committed](const std::exception_ptr&, const Result<>& done) {
                          committed = done.has_value();
                        });
  loop_.run();
  ASSERT_TRUE(committed);
  EXPECT_EQ(trips(), 1);
}

}  // namespace
}  // namespace gatehouse::local
