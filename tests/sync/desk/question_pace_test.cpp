// How often the payments desk is told, and what is looked at for that: by a clock of the test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>

#include "sync/desk/open_questions.hpp"
#include "tests/store/fixture.hpp"
#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using State = store::SettlementState;
using store::require;

/// Does everything at once, and answers when it is told to.
class OneLedger final : public LedgerPort {
 public:
  explicit OneLedger(store::Ledger& ledger) : ledger_(ledger) {}
  void commit(Work work, Done done) override {
    Result<> result = failure(Remedy::repair, "damaged");
    if (!damaged) {
      require(ledger_.begin());
      result = work(ledger_);
      require(ledger_.commit());
    }
    answers_.emplace_back(std::move(done), std::move(result));
  }
  void answer() {
    while (!answers_.empty()) {
      auto [done, result] = std::move(answers_.front());
      answers_.pop_front();
      done(std::move(result));
    }
  }
  bool damaged = false;

 private:
  store::Ledger& ledger_;
  std::deque<std::pair<Done, Result<>>> answers_;
};

class QuestionPace : public testing::Test, public store::LedgerFixture {
 protected:
  /// Charges that wait for a person from now on.
  void hold(int count) {
    for (int i = 0; i < count; ++i) {
      const auto trip = take_cart();
      require(ledger->move_settlement({.trip_sequence = trip,
                                       .from = State::awaiting_price,
                                       .to = State::held,
                                       .at = clock.wall(),
                                       .next_attempt_at = clock.wall(),
                                       .reason = "why",
                                       .payment_record = std::nullopt}));
    }
  }
  std::int64_t take_cart() {
    auto cart = store::make_cart(fmt::format("T{}", ++trips));
    cart.started_at = cart.received_at = clock.wall();
    append(cart);
    return trips;
  }
  SteadyTime turn_after(milliseconds time) {
    clock.advance(time);
    const SteadyTime wake = questions.turn();
    if (!ledger_is_slow) port.answer();
    return wake;
  }
  int asks(std::int64_t trip) { return facts(trip).asks; }
  store::QuestionFacts facts(std::int64_t trip) {
    return require(reader->questions().facts(trip)).value();
  }
  /// The cloud takes whatever waits for it.
  void deliver() {
    for (auto waits = due(store::Lane::cloud, clock.wall()); !waits.empty();
         waits = due(store::Lane::cloud, clock.wall())) {
      for (const auto& each : waits) {
        require(ledger->record_attempt({.delivery_id = each.id,
                                        .state = store::DeliveryState::delivered,
                                        .at = clock.wall(),
                                        .next_attempt_at = clock.wall(),
                                        .reason = "",
                                        .charge = std::nullopt}));
      }
    }
  }

  static constexpr auto pause = OpenQuestions::pause;
  ManualClock clock;
  OneLedger port{*ledger};
  JwoOptions options;
  OpenQuestions questions{"STORE-001", options, *reader, port, clock};
  std::int64_t trips = 0;
  bool ledger_is_slow = false;
};

TEST_F(QuestionPace, SleepsUntilAChargeIsInQuestionForLongEnough) {
  EXPECT_EQ(questions.turn(), SteadyTime::max()) << "nothing waits";
  clock.advance(pause);
  hold(1);
  const auto grace = question_grace(options.look_minute);
  const auto wake = questions.turn();
  EXPECT_EQ(wake, clock.steady() + grace);
  turn_after(grace - 1ms);
  EXPECT_EQ(asks(1), 0);
  turn_after(pause);
  EXPECT_EQ(asks(1), 1);
}

TEST_F(QuestionPace, LooksAtTheLedgerNoMoreOftenThanItsPause) {
  hold(1);
  questions.turn();
  const auto before = reader->steps();
  for (int i = 1; i < 10; ++i) turn_after(pause / 10);
  EXPECT_EQ(reader->steps(), before);
  turn_after(pause / 10);
  EXPECT_GT(reader->steps(), before);
}

TEST_F(QuestionPace, WritesNoMoreAtOnceThanItsLimit) {
  constexpr int many = OpenQuestions::at_once_max + 8;
  hold(many);
  ledger_is_slow = true;
  const auto wake = turn_after(31s);
  EXPECT_EQ(wake, clock.steady() + pause);
  EXPECT_EQ(questions.in_flight(), OpenQuestions::at_once_max);
  const auto before = reader->steps();
  turn_after(pause);
  EXPECT_EQ(questions.in_flight(), OpenQuestions::at_once_max);
  EXPECT_EQ(reader->steps(), before) << "it does not even look";
  port.answer();
  turn_after(pause);
  EXPECT_EQ(questions.in_flight(), 8U);
  port.answer();
  for (int trip = 1; trip <= many; ++trip) EXPECT_EQ(asks(trip), 1);
}

TEST_F(QuestionPace, MakesAllDueForAClockThatWentBackOnceInTenMinutes) {
  hold(2);
  turn_after(31s);
  deliver();
  ASSERT_EQ(asks(2), 1);
  const auto set_back = [this](milliseconds time) {
    clock.step(-20min);
    turn_after(time);
    deliver();
  };
  set_back(pause);
  EXPECT_EQ(asks(1), 2);
  EXPECT_EQ(asks(2), 2);
  set_back(OpenQuestions::after_step_pause - 1ms);
  EXPECT_EQ(asks(1), 2) << "a clock that flaps";
  set_back(pause);
  EXPECT_EQ(asks(1), 3);
  EXPECT_EQ(asks(2), 3);
}

TEST_F(QuestionPace, LeavesOutForAWhileWhatCannotBeWrittenDownAndTellsOfTheOthers) {
  hold(1);
  port.damaged = true;
  turn_after(31s);
  for (int i = 0; i < 10; ++i) turn_after(1s);
  EXPECT_EQ(questions.quarantine().size(), 1U);
  EXPECT_EQ(questions.in_flight(), 0U);
  port.damaged = false;
  hold(1);
  turn_after(31s);
  EXPECT_EQ(asks(1), 0);
  EXPECT_EQ(asks(2), 1);
  turn_after(15min);
  EXPECT_EQ(asks(1), 1);
  EXPECT_EQ(questions.quarantine().size(), 0U);
}

TEST_F(QuestionPace, LooksOnceAMinuteForWhatIsLateByAClockThatMayBeWrong) {
  take_cart();
  questions.trust_clock(false);
  const auto wake = turn_after(options.charge_window + 1h);
  EXPECT_EQ(wake, clock.steady() + 1min);
  EXPECT_FALSE(facts(1).overdue);
  questions.trust_clock(true);
  turn_after(pause);
  EXPECT_TRUE(facts(1).overdue);
}

TEST_F(QuestionPace, MakesNoRecordOnceItIsToldToStop) {
  hold(1);
  questions.stop();
  turn_after(1h);
  EXPECT_EQ(asks(1), 0);
}

}  // namespace
}  // namespace gatehouse::sync
