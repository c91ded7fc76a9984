#include "sync/clock/clock_watch.hpp"

#include <gtest/gtest.h>

#include "store/ledger/ledger_reader.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

class SetKernel final : public KernelClock {
 public:
  explicit SetKernel(const ManualClock& clock) : clock_(clock) {}
  [[nodiscard]] bool is_synchronised() const override { return synchronised; }
  [[nodiscard]] milliseconds since_boot() const override {
    return std::chrono::floor<milliseconds>(clock_.steady().time_since_epoch()) + asleep;
  }
  bool synchronised = false;
  milliseconds asleep{0};

 private:
  const ManualClock& clock_;
};

/// A ledger that takes everything at once.
class OwnLedger final : public LedgerPort {
 public:
  void commit(Work work, Done done) override {
    ASSERT_TRUE(ledger_.begin());
    const auto worked = work(ledger_);
    ASSERT_TRUE(ledger_.commit());
    ++commits;
    done(worked);
  }
  [[nodiscard]] std::optional<WallTime> confirmed() {
    return store::LedgerReader::open(file_)->confirmed_time().value();
  }
  void name(WallTime now) {
    commit([now](store::Ledger& ledger) { return ledger.identify("a-uuid", now, now); },
           [](const Result<>&) {});
  }
  /// A cart comes of a trip that began then.
  [[nodiscard]] bool withholds(const std::string& trip_id, WallTime started_at) {
    store::NewCart cart;
    cart.trip_id = cart.purchase_id = cart.body = trip_id;
    cart.entry = store::Entry::card;
    cart.started_at = cart.received_at = started_at;
    cart.first_settlement = store::SettlementState::awaiting_price;
    commit(
        [&](store::Ledger& into) -> Result<> {
          auto receipt = into.append(cart);
          if (!receipt) return propagate(std::move(receipt));
          return {};
        },
        [](const Result<>&) {});
    return store::LedgerReader::open(file_)->trip(trip_id)->value().settlement->withheld;
  }
  int commits = 0;

 private:
  child::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  store::Ledger ledger_ = *store::Ledger::open(file_);
};

class ClockWatchTest : public testing::Test {
 protected:
  void ask(const std::string& url, const Reply& reply) {
    Request request;
    request.method = "GET";
    request.url = url;
    watch.start(std::move(request), [this](const Reply&) { ++heard; });
    transport.reply(reply);
  }
  void hear(const std::string& url, std::optional<std::chrono::seconds> ahead) {
    Reply reply;
    reply.sent = Sent::answered;
    reply.status = 200;
    reply.clock_ahead = ahead;
    ask(url, reply);
  }
  ClockState state() {
    watch.turn();
    return watch.status().verdict.state;
  }

  ManualClock clock;
  SetKernel kernel{clock};
  ScriptedTransport transport;
  OwnLedger ledger;
  ClockWatch watch{transport, ledger, clock, kernel};
  int heard = 0;
};

TEST_F(ClockWatchTest, ConfirmsTheClockByTwoHostsAndWritesThatDownOnceAnHour) {
  watch.ledger_is_open(std::nullopt, 0ms);
  EXPECT_EQ(state(), ClockState::doubtful);
  hear("https://cloud.example/v1", 0s);
  hear("https://cloud.example/v2", 0s);
  EXPECT_EQ(state(), ClockState::doubtful) << "they are one";
  hear("https://payments.example/", 3s);
  EXPECT_EQ(heard, 3) << "everything is passed on";
  EXPECT_EQ(state(), ClockState::confirmed);
  EXPECT_EQ(ledger.confirmed(), clock.wall());
  for (int i = 0; i < 59; ++i) {
    clock.advance(1min);
    (void)state();
  }
  EXPECT_EQ(ledger.commits, 3) << "and when the ledger was opened";
  clock.advance(1min);
  EXPECT_EQ(state(), ClockState::confirmed);
  EXPECT_EQ(ledger.confirmed(), clock.wall());
  EXPECT_EQ(watch.status().unconfirmed_for, 0ms);
}

TEST_F(ClockWatchTest, ConfirmsTheClockByOneHostAndTheKernel) {
  kernel.synchronised = true;
  hear("https://cloud.example/", 0s);
  EXPECT_EQ(state(), ClockState::confirmed);
  kernel.synchronised = false;
  clock.advance(ClockWatch::kernel_asked_every);
  EXPECT_EQ(state(), ClockState::doubtful);
  clock.advance(10s);
  (void)state();
  EXPECT_EQ(watch.status().unconfirmed_for, 40s);
}

TEST_F(ClockWatchTest, CallsAClockWrongThatStandsBelowWhatWasConfirmedInARunBefore) {
  watch.ledger_is_open(clock.wall() + 24h, 0ms);
  hear("https://cloud.example/", 0s);
  hear("https://payments.example/", 0s);
  EXPECT_EQ(state(), ClockState::wrong);
  EXPECT_EQ(ledger.commits, 0) << "it stays as it is";
  clock.step(24h);
  hear("https://cloud.example/", 0s);  // about the clock of before
  hear("https://cloud.example/", 0s);
  hear("https://payments.example/", 0s);
  EXPECT_EQ(state(), ClockState::confirmed);
}

TEST_F(ClockWatchTest, NotesNothingWhereItCannotBeReadWhatWasConfirmedInARunBefore) {
  watch.ledger_is_open(failure(Remedy::repair, "damaged"), 0ms);
  hear("https://cloud.example/", 0s);
  hear("https://payments.example/", 0s);
  EXPECT_EQ(state(), ClockState::confirmed);
  clock.advance(2h);
  hear("https://cloud.example/", 0s);
  hear("https://payments.example/", 0s);
  EXPECT_EQ(state(), ClockState::confirmed);
  EXPECT_EQ(ledger.confirmed(), std::nullopt) << "it may be older than what is there";
}

TEST_F(ClockWatchTest, BringsForwardWhatAClockHasPutOffThatWentBackBeforeItWasLookedAt) {
  const auto lead = std::chrono::floor<milliseconds>(clock.wall().time_since_epoch() -
                                                     clock.steady().time_since_epoch());
  watch.turn();
  clock.advance(3s);
  clock.step(-2h);
  watch.turn();
  EXPECT_EQ(ledger.commits, 0) << "there is no ledger yet";
  watch.ledger_is_open(std::nullopt, 0ms, lead);
  EXPECT_EQ(ledger.commits, std::ssize(store::Ledger::forward_parts));
  watch.turn();
  EXPECT_EQ(ledger.commits, std::ssize(store::Ledger::forward_parts)) << "once";
}

TEST_F(ClockWatchTest, BringsNothingForwardForAClockThatWentAheadBeforeItWasLookedAt) {
  const auto lead = std::chrono::floor<milliseconds>(clock.wall().time_since_epoch() -
                                                     clock.steady().time_since_epoch());
  clock.step(2h);
  watch.ledger_is_open(std::nullopt, 0ms, lead);
  EXPECT_EQ(ledger.commits, 0);
}

TEST_F(ClockWatchTest, TellsTheLedgerWhenItWasMadeOnceTheClockIsConfirmed) {
  clock.step(-48h);  // it starts in the past
  ledger.name(clock.wall());
  watch.ledger_is_open(std::nullopt, 0ms);
  watch.turn();
  clock.advance(2min);
  clock.step(48h);
  const WallTime made = clock.wall() - 2min;
  watch.turn();
  EXPECT_FALSE(ledger.withholds("early", made - 1h)) << "nobody has confirmed it yet";
  hear("https://cloud.example/", 0s);
  watch.turn();
  EXPECT_FALSE(ledger.withholds("early as well", made - 1h));
  hear("https://payments.example/", 0s);
  watch.turn();
  EXPECT_TRUE(ledger.withholds("before", made - 3min));
  EXPECT_FALSE(ledger.withholds("under way", made - 2min));
}

TEST_F(ClockWatchTest, ForgetsWhatItHeardOfAClockThatWasSet) {
  watch.turn();
  hear("https://cloud.example/", 0s);
  hear("https://payments.example/", 0s);
  ASSERT_EQ(state(), ClockState::confirmed);
  clock.step(-5min);
  EXPECT_EQ(state(), ClockState::doubtful);
  EXPECT_EQ(watch.status().steps, 1U);
  EXPECT_EQ(watch.status().last_step, -5min);
  EXPECT_FALSE(watch.status().is_plausible);
  hear("https://cloud.example/", 0s);
  clock.advance(ClockWatch::step_grace - 1ms);
  (void)state();
  EXPECT_FALSE(watch.status().is_plausible);
  clock.advance(1ms);
  (void)state();
  EXPECT_TRUE(watch.status().is_plausible);
}

TEST_F(ClockWatchTest, IsNotPlausibleAtAStartBeforeASignOrAQuarterOfAnHour) {
  EXPECT_EQ(state(), ClockState::doubtful);
  EXPECT_FALSE(watch.status().is_plausible);
  kernel.synchronised = true;
  clock.advance(ClockWatch::kernel_asked_every);
  (void)state();
  EXPECT_TRUE(watch.status().is_plausible);
  kernel.synchronised = false;
  clock.advance(ClockWatch::kernel_asked_every);
  (void)state();
  EXPECT_FALSE(watch.status().is_plausible);
  clock.advance(ClockWatch::quiet_grace);
  (void)state();
  EXPECT_TRUE(watch.status().is_plausible) << "somebody has to be told in the end";
}

TEST_F(ClockWatchTest, StaysPlausibleBesideOneHostThatIsALittleOff) {
  hear("https://cloud.example/", 3min);
  hear("https://payments.example/", 0s);
  EXPECT_EQ(state(), ClockState::doubtful);
  EXPECT_TRUE(watch.status().is_plausible);
  hear("https://cloud.example/", 61min);
  (void)state();
  EXPECT_FALSE(watch.status().is_plausible);
}

TEST_F(ClockWatchTest, TakesNeitherSlewingNorSleepForAStep) {
  watch.turn();
  for (int i = 0; i < 60; ++i) {
    clock.advance(1s);
    clock.step(100ms);
    watch.turn();
  }
  clock.step(1h);
  kernel.asleep += 1h;
  watch.turn();
  EXPECT_EQ(watch.status().steps, 0U);
}

TEST_F(ClockWatchTest, IsNotPlausibleWhileAHostContradicts) {
  hear("https://cloud.example/", 30min);
  EXPECT_EQ(state(), ClockState::doubtful);
  EXPECT_FALSE(watch.status().is_plausible);
  EXPECT_EQ(watch.status().verdict.ahead, 30min);
}

TEST_F(ClockWatchTest, HearsNothingInAnAnswerWithoutDateNorInNoAnswer) {
  hear("https://cloud.example/", std::nullopt);
  Reply broken;
  broken.sent = Sent::maybe;
  broken.clock_ahead = 0s;
  ask("https://payments.example/", broken);
  EXPECT_EQ(state(), ClockState::doubtful);
  EXPECT_EQ(watch.status().verdict.hosts_for, 0U);
}

}  // namespace
}  // namespace gatehouse::sync
