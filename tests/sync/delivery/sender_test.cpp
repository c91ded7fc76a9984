#include "sync/delivery/sender.hpp"

#include <gtest/gtest.h>

#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

class NoPort final : public LedgerPort {
 public:
  void commit(Work, Done) override {}
};

class SenderTest : public testing::Test {
 protected:
  /// Whether a turn starts what is due.
  bool starts(bool may_start = true) {
    bool started = false;
    next = sender.turn(may_start, [&started] {
      started = true;
      return SteadyTime::max();
    });
    return started;
  }

  ManualClock clock;
  ScriptedTransport transport;
  NoPort port;
  store::LedgerReader reader;
  Sender sender{{reader, port, transport, clock, [] { return 0.5; }}};
  SteadyTime next;
};

TEST_F(SenderTest, StartsNothingWhileItPausesAndSaysWhenThatIsOver) {
  EXPECT_TRUE(starts());
  sender.pause("it does not know the record");
  EXPECT_FALSE(starts());
  EXPECT_EQ(next, clock.steady() + Sender::pause_after_refusal);
  EXPECT_EQ(sender.status(true, "").last_error, "it does not know the record");
  clock.advance(Sender::pause_after_refusal);
  EXPECT_TRUE(starts());
  sender.ledger_was_read();
  EXPECT_EQ(sender.status(true, "").last_error, "");
}

TEST_F(SenderTest, StartsNothingWhereItMayNotOrWasStopped) {
  EXPECT_FALSE(starts(false));
  EXPECT_EQ(next, SteadyTime::max());
  sender.stop();
  EXPECT_FALSE(starts());
}

TEST_F(SenderTest, KeepsOneOutWithoutAPauseForTheOthers) {
  sender.keep_out(1, clock.steady() + milliseconds{10}, "damaged");
  EXPECT_TRUE(sender.keeps_out(1));
  EXPECT_FALSE(sender.keeps_out(2));
  EXPECT_TRUE(starts());
  clock.advance(milliseconds{10});
  EXPECT_FALSE(sender.keeps_out(1));
  EXPECT_EQ(sender.quarantine().size(), 1U) << "it has not been well since";
  sender.let_in(1);
  EXPECT_EQ(sender.quarantine().size(), 0U);
}

TEST_F(SenderTest, PausesWhereTheQuarantineIsFull) {
  for (std::size_t id = 0; id < Quarantine::size_max; ++id) {
    sender.keep_out(static_cast<std::int64_t>(id), SteadyTime::max(), "damaged");
  }
  EXPECT_TRUE(starts());
  sender.keep_out(-1, SteadyTime::max(), "damaged too");
  EXPECT_FALSE(sender.keeps_out(-1));
  EXPECT_FALSE(starts());
  EXPECT_EQ(sender.status(true, "").last_error, "damaged too");
}

TEST_F(SenderTest, IsNotOpenWhileSomethingMustBeSet) {
  sender.pause("it does not know the record");
  const auto status = sender.status(true, "set the URL");
  EXPECT_TRUE(status.configured);
  EXPECT_FALSE(status.open);
  EXPECT_EQ(status.last_error, "set the URL");
  EXPECT_TRUE(sender.status(false, "set the URL").open) << "it is not used at all";
}

}  // namespace
}  // namespace gatehouse::sync
