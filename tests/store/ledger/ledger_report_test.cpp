// Reports of a payment status that wait: withdrawn where the charge that they tell of goes on.
#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class LedgerReport : public testing::Test, protected LedgerFixture {
 protected:
  LedgerReport() {
    append(make_cart("t-1"));
    require(ledger->price("t-1", {1599, "USD"}, at(6'000)));
    move(State::adjust_due, State::expired, "{\"debt\":1}");
  }
  void move(State from, State to, std::optional<std::string> report = std::nullopt) {
    SettlementChange change;
    change.trip_sequence = 1;
    change.from = from;
    change.to = to;
    change.at = change.next_attempt_at = at(time_ += 1'000);
    change.payment_status = std::move(report);
    require(ledger->move_settlement(change));
  }
  std::vector<Delivery> reports() {
    auto all = trip("t-1").deliveries;
    std::erase_if(all, [](const auto& each) { return each.kind != DeliveryKind::payment_status; });
    return all;
  }
  void attempt(std::int64_t id, DeliveryState state) {
    require(ledger->record_attempt({id, state, at(time_), at(time_), "503", std::nullopt}));
  }
  std::size_t waiting() { return due(Lane::feedback, at(time_)).size(); }

  std::int64_t time_ = 7'000;
};

TEST_F(LedgerReport, IsWithdrawnInTheCommitThatOpensItsChargeAgain) {
  ASSERT_EQ(waiting(), 1U);
  EXPECT_TRUE(require(reader->counts()).report_due_at);
  EXPECT_EQ(require(reader->counts()).pending_reports, 1);
  EXPECT_EQ(require(reader->counts()).pending_refunds, 0);
  move(State::expired, State::adjust_due);
  ASSERT_EQ(reports().size(), 1U);
  EXPECT_EQ(reports()[0].state, DeliveryState::withdrawn);
  EXPECT_NE(reports()[0].reason.find("opened again"), std::string::npos);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_FALSE(require(ledger->retry(reports()[0].id, at(time_)))) << "nobody sends it again";
  EXPECT_EQ(require(reader->counts()).withdrawn, 1);
  EXPECT_FALSE(require(reader->counts()).report_due_at);
  EXPECT_EQ(require(reader->counts()).pending_reports, 0);
}

TEST_F(LedgerReport, IsFollowedByThatOfTheNextEndUnderTheNextKey) {
  move(State::expired, State::adjust_due);
  move(State::adjust_due, State::declined, "{\"debt\":2}");
  ASSERT_EQ(reports().size(), 2U);
  EXPECT_NE(reports()[0].idempotency_key, reports()[1].idempotency_key);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(due(Lane::feedback, at(time_))[0].payload, "{\"debt\":2}");
}

TEST_F(LedgerReport, OfWhatAPersonSaysWasSettledIsNotWithdrawn) {
  require(ledger->report_settled({.trip_sequence = 1,
                                  .trip_id = "t-1",
                                  .state = State::expired,
                                  .report = "{\"paid\":1}",
                                  .history = "paid at the till",
                                  .at = at(time_)}));
  move(State::expired, State::adjust_due);
  ASSERT_EQ(reports().size(), 2U);
  EXPECT_EQ(reports()[0].state, DeliveryState::withdrawn);
  EXPECT_EQ(reports()[1].state, DeliveryState::pending);
  EXPECT_EQ(waiting(), 1U) << "nothing that was withdrawn holds it up";
}

TEST_F(LedgerReport, StaysDeliveredOnceItIsAndAlsoWhereItWasUnderWay) {
  const auto id = reports()[0].id;
  move(State::expired, State::adjust_due);
  attempt(id, DeliveryState::pending);
  EXPECT_EQ(reports()[0].state, DeliveryState::withdrawn) << "a late failure makes it wait no more";
  EXPECT_EQ(reports()[0].attempts, 1);
  EXPECT_EQ(waiting(), 0U);
  attempt(id, DeliveryState::set_aside);
  EXPECT_EQ(reports()[0].state, DeliveryState::withdrawn);
  attempt(id, DeliveryState::delivered);
  EXPECT_EQ(reports()[0].state, DeliveryState::delivered) << "it had left before";
}

TEST_F(LedgerReport, IsWithdrawnToWhereItWasSetAside) {
  attempt(reports()[0].id, DeliveryState::set_aside);
  move(State::expired, State::adjust_due);
  EXPECT_EQ(reports()[0].state, DeliveryState::withdrawn);
}

TEST_F(LedgerReport, IsNoDamageWhereItWasChosenBeforeItWasWithdrawn) {
  const auto chosen = require(reader->due_deliveries(Lane::feedback, at(time_), wait_max,
                                                     LedgerReader::Order::oldest_first, 10));
  ASSERT_EQ(chosen.size(), 1U);
  move(State::expired, State::adjust_due);
  const auto read = reader->delivery(chosen[0]);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().remedy, Remedy::reject);
  EXPECT_EQ(reader->damage(), "");
}

}  // namespace
}  // namespace gatehouse::store
