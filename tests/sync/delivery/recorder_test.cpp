#include "sync/delivery/recorder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/sync/simulation/schedule.hpp"

namespace gatehouse::sync {
namespace {

/// Keeps what is handed over until the test answers it.
class WaitingPort final : public LedgerPort {
 public:
  void commit(Work, Done done) override { waiting.push_back(std::move(done)); }
  void answer(Result<> result) {
    auto done = std::move(waiting.back());
    waiting.pop_back();
    done(std::move(result));
  }
  std::vector<Done> waiting;
};

class RecorderTest : public testing::Test {
 protected:
  void commit() {
    recorder->commit([](store::Ledger&) { return Result<>{}; },
                     [this](Result<> result) { outcome = std::move(result); });
  }

  simulation::Schedule schedule;
  WaitingPort port;
  std::optional<Recorder> recorder{std::in_place, port, schedule};
  std::optional<Result<>> outcome;
};

TEST_F(RecorderTest, AnswersOnceTheWorkIsOnDisk) {
  commit();
  EXPECT_FALSE(outcome);
  port.answer({});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->has_value());
  EXPECT_EQ(recorder->turn(), SteadyTime::max());
}

TEST_F(RecorderTest, HandsOverAgainWhatTheDiskDidNotTakeUntilItDoes) {
  commit();
  for (int i = 0; i < 20; ++i) {
    port.answer(failure(Remedy::retry, "the disk is full"));
    EXPECT_FALSE(outcome);
    const auto again_at = recorder->turn();
    ASSERT_NE(again_at, SteadyTime::max());
    EXPECT_LE(again_at - schedule.steady(), Recorder::pause_max);
    EXPECT_TRUE(port.waiting.empty()) << "not before its pause is over";
    schedule.step(again_at);
    recorder->turn();
    ASSERT_EQ(port.waiting.size(), 1U);
  }
  port.answer({});
  EXPECT_TRUE(outcome && *outcome);
}

TEST_F(RecorderTest, HandsARefusalBack) {
  commit();
  port.answer(failure(Remedy::reject, "no such delivery"));
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->has_value());
}

TEST_F(RecorderTest, HandsDamageBackThatIsThereAgainAndAgain) {
  commit();
  for (int i = 1; i < Recorder::damage_tries_max; ++i) {
    port.answer(failure(Remedy::repair, "the file is damaged"));
    EXPECT_FALSE(outcome) << "a bad read may pass";
    schedule.step(recorder->turn());
    recorder->turn();
    ASSERT_EQ(port.waiting.size(), 1U);
  }
  port.answer(failure(Remedy::repair, "the file is damaged"));
  ASSERT_TRUE(outcome) << "or its slot is lost for ever";
  EXPECT_EQ(outcome->error().remedy, Remedy::repair);
  EXPECT_EQ(recorder->turn(), SteadyTime::max());
}

TEST_F(RecorderTest, SaysNothingAfterItIsGone) {
  commit();
  recorder.reset();
  port.answer({});
  EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace gatehouse::sync
