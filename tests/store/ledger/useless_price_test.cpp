// Trips whose price cannot be used: that the payments desk is told, whatever else is known of them.
#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class UselessPrice : public testing::Test, public LedgerFixture {
 protected:
  UselessPrice() { append(make_cart("T1")); }

  void deliver(std::int64_t id, std::int64_t when, std::string reason = "") {
    require(ledger->record_attempt({.delivery_id = id,
                                    .state = DeliveryState::delivered,
                                    .at = at(when),
                                    .next_attempt_at = at(when),
                                    .reason = std::move(reason),
                                    .charge = std::nullopt}));
  }
  /// The cart's, that the cloud answers so.
  void come(std::int64_t when) { deliver(1, when, "its price cannot be used"); }
  void move(State from, State to, std::int64_t when) {
    require(ledger->move_settlement({.trip_sequence = 1,
                                     .from = from,
                                     .to = to,
                                     .at = at(when),
                                     .next_attempt_at = at(when),
                                     .reason = "",
                                     .payment_record = std::nullopt}));
  }
  WallTime ask_at() { return require(reader->questions().facts(1)).value().ask_at.value(); }
  bool ask(State state, WallTime known, std::int64_t when) {
    return require(ledger->ask({.trip_sequence = 1,
                                .trip_id = "T1",
                                .state = state,
                                .ask_at = known,
                                .next_ask_at = at(3'600'000),
                                .record = R"({"status":"OVERDUE"})",
                                .at = at(when)}));
  }
  std::vector<std::int64_t> due(std::int64_t now) {
    return require(reader->questions().due(at(now), at(now + 7'200'000), 10));
  }
};

TEST_F(UselessPrice, IsToldAtOnceWhereItsTripWasAskedAboutBefore) {
  require(ledger->note_overdue(1, at(6'000)));
  EXPECT_TRUE(ask(State::awaiting_price, ask_at(), 6'000));
  deliver(2, 7'000);
  EXPECT_EQ(due(20'000), std::vector<std::int64_t>{});
  come(20'000);
  EXPECT_EQ(due(20'000), std::vector<std::int64_t>{1});
}

TEST_F(UselessPrice, IsAskedAboutAnewWhereItCameWhileAnotherQuestionWasWritten) {
  require(ledger->note_overdue(1, at(6'000)));
  const auto known = ask_at();
  come(20'000);
  EXPECT_FALSE(ask(State::awaiting_price, known, 20'000));
  EXPECT_EQ(due(20'000), std::vector<std::int64_t>{1});
}

TEST_F(UselessPrice, IsToldAtOnceAndWarnedOfOnceItsTripWasHeldAndReleased) {
  come(20'000);
  move(State::awaiting_price, State::held, 21'000);
  EXPECT_TRUE(ask(State::held, ask_at(), 22'000));
  deliver(2, 23'000);
  move(State::held, State::awaiting_price, 30'000);
  EXPECT_EQ(due(30'000), std::vector<std::int64_t>{1});
  EXPECT_EQ(require(reader->counts()).prices_unusable, 1);
}

}  // namespace
}  // namespace gatehouse::store
