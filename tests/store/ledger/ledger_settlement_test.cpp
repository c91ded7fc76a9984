#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

class LedgerSettlement : public testing::Test, protected LedgerFixture {
 protected:
  Settlement settlement(const std::string& trip_id = "t-1") {
    return trip(trip_id).settlement.value();
  }
  std::vector<SettlementState> history(const std::string& trip_id = "t-1") {
    std::vector<SettlementState> states;
    for (const HistoryEntry& entry : trip(trip_id).history) states.push_back(entry.state);
    return states;
  }
  SettlementChange move(SettlementState from, SettlementState to) {
    SettlementChange change;
    change.trip_sequence = settlement().trip_sequence;
    change.from = from;
    change.to = to;
    change.at = at(7'000);
    change.next_attempt_at = at(8'000);
    return change;
  }
  PriceOutcome price(std::int64_t minor, const std::string& trip_id = "t-1") {
    return require(ledger->price(trip_id, {minor, "USD"}, at(6'000)));
  }
};

using State = SettlementState;

TEST_F(LedgerSettlement, IsDueForAdjustOnceThePriceCame) {
  append(make_cart("t-1"));
  EXPECT_EQ(price(1599), PriceOutcome::priced);
  EXPECT_EQ(settlement().state, State::adjust_due);
  EXPECT_EQ(settlement().amount, (Money{1599, "USD"}));
  EXPECT_EQ(settlement().next_attempt_at, at(6'000));
  EXPECT_EQ(settlement().changed_at, at(6'000));
  EXPECT_EQ(history(), (std::vector{State::awaiting_price, State::adjust_due}));
}

TEST_F(LedgerSettlement, IsDueForCancelWhenThePriceIsZeroAndThatIsMeant) {
  append(make_cart("t-1"));
  EXPECT_EQ(require(ledger->price("t-1", {0, "USD"}, at(6'000), "", true)), PriceOutcome::priced);
  EXPECT_EQ(settlement().state, State::cancel_due);
  EXPECT_EQ(price(0), PriceOutcome::identical);
}

TEST_F(LedgerSettlement, IsHeldWithoutAPriceWhenItIsZeroAndNobodySaysThatItIsMeant) {
  append(make_cart("t-1"));
  EXPECT_EQ(price(0), PriceOutcome::held);
  EXPECT_EQ(settlement().state, State::held);
  EXPECT_NE(settlement().reason.find("\"free\": true"), std::string::npos);
  EXPECT_EQ(settlement().amount, std::nullopt);
  EXPECT_EQ(price(0), PriceOutcome::held) << "again";
  EXPECT_EQ(price(1599), PriceOutcome::priced) << "the right one may still come";
  EXPECT_EQ(settlement().state, State::held);
  EXPECT_EQ(history(), (std::vector{State::awaiting_price, State::held}));
}

TEST_F(LedgerSettlement, IsHeldByAnAnswerToItsCartThatSaysZeroAndNoMore) {
  append(make_cart("t-1"));
  append(make_cart("t-2"));
  DeliveryAttempt attempt{.delivery_id = trip("t-1").deliveries.at(0).id,
                          .state = DeliveryState::delivered,
                          .at = at(6'000),
                          .next_attempt_at = {},
                          .reason = "",
                          .charge = Money{0, "USD"}};
  require(ledger->record_attempt(attempt));
  EXPECT_EQ(settlement().state, State::held);
  attempt.delivery_id = trip("t-2").deliveries.at(0).id;
  attempt.free = true;
  require(ledger->record_attempt(attempt));
  EXPECT_EQ(settlement("t-2").state, State::cancel_due);
}

TEST_F(LedgerSettlement, KeepsItsFirstPrice) {
  append(make_cart("t-1"));
  EXPECT_EQ(price(1599), PriceOutcome::priced);
  EXPECT_EQ(price(1599), PriceOutcome::identical);
  EXPECT_EQ(price(1600), PriceOutcome::different);
  EXPECT_EQ(require(ledger->price("t-1", {1599, "EUR"}, at(6'000))), PriceOutcome::different);
  EXPECT_EQ(settlement().amount, (Money{1599, "USD"}));
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(LedgerSettlement, TakesAnotherPriceOfAPersonWhileItIsHeldAndKeepsTheOldOneInItsHistory) {
  append(make_cart("t-1"));
  EXPECT_EQ(price(159'900), PriceOutcome::priced);
  EXPECT_EQ(price(1599), PriceOutcome::different) << "it is not held";
  auto held = move(State::adjust_due, State::held);
  held.approved = Money{159'900, "USD"};
  held.confirmed = Money{159'900, "USD"};
  require(ledger->move_settlement(held));
  EXPECT_EQ(price(0), PriceOutcome::different) << "nobody says that nothing is meant";
  EXPECT_EQ(price(1599), PriceOutcome::replaced);
  EXPECT_EQ(settlement().state, State::held);
  EXPECT_EQ(settlement().amount, (Money{1599, "USD"}));
  EXPECT_EQ(settlement().approved, std::nullopt) << "that was of another price";
  EXPECT_EQ(settlement().confirmed, std::nullopt);
  EXPECT_EQ(trip("t-1").history.back().reason,
            "priced anew at this box: 15.99 USD instead of 1599.00 USD, which was set at this box "
            "as well");
  EXPECT_EQ(price(1599), PriceOutcome::identical);
}

TEST_F(LedgerSettlement, KeepsThePriceOfTheCloudAgainstAnotherOneOfTheCloud) {
  append(make_cart("t-1"));
  DeliveryAttempt attempt{.delivery_id = trip("t-1").deliveries.at(0).id,
                          .state = DeliveryState::delivered,
                          .at = at(6'000),
                          .next_attempt_at = {},
                          .reason = "",
                          .charge = Money{159'900, "USD"}};
  require(ledger->record_attempt(attempt));
  require(ledger->move_settlement(move(State::adjust_due, State::held)));
  attempt.charge = Money{1599, "USD"};
  require(ledger->record_attempt(attempt));
  EXPECT_EQ(settlement().amount, (Money{159'900, "USD"}));
  EXPECT_EQ(price(1599), PriceOutcome::replaced);
  EXPECT_NE(trip("t-1").history.back().reason.find("which the cloud had set"), std::string::npos);
}

TEST_F(LedgerSettlement, KeepsItsPriceOnceACaptureOrACancelMayHaveLeft) {
  for (const auto* trip_id : {"sent", "unclear", "cancelled"}) {
    append(make_cart(trip_id));
    EXPECT_EQ(price(1599, trip_id), PriceOutcome::priced);
  }
  const auto step = [this](const std::string& trip_id, State from, State to, bool unclear = false) {
    SettlementChange change;
    change.trip_sequence = settlement(trip_id).trip_sequence;
    change.from = from;
    change.to = to;
    change.at = change.next_attempt_at = at(7'000);
    change.charge_unclear = unclear;
    require(ledger->move_settlement(change));
  };
  step("sent", State::adjust_due, State::capture_sent);
  step("sent", State::capture_sent, State::held);
  step("unclear", State::adjust_due, State::held, true);
  step("cancelled", State::adjust_due, State::cancel_due);
  step("cancelled", State::cancel_due, State::cancel_sent);
  step("cancelled", State::cancel_sent, State::held);
  for (const auto* trip_id : {"sent", "unclear", "cancelled"}) {
    EXPECT_EQ(price(1600, trip_id), PriceOutcome::different) << trip_id;
  }
}

TEST_F(LedgerSettlement, RemembersWhereItWasHeldAndWhatIsInDoubt) {
  append(make_cart("t-1"));
  auto change = move(State::awaiting_price, State::capture_sent);
  require(ledger->move_settlement(change));
  change = move(State::capture_sent, State::capture_unknown);
  change.charge_unclear = true;
  require(ledger->move_settlement(change));
  require(ledger->move_settlement(move(State::capture_unknown, State::held)));
  EXPECT_EQ(settlement().held_from, State::capture_unknown);
  EXPECT_TRUE(settlement().charge_unclear);
  change = move(State::held, State::capture_due);
  change.charge_cleared_up = true;
  require(ledger->move_settlement(change));
  EXPECT_FALSE(settlement().charge_unclear);
  require(ledger->move_settlement(move(State::capture_due, State::held)));
  EXPECT_EQ(settlement().held_from, State::capture_due);
}

TEST_F(LedgerSettlement, IsNotSentBackToWaitForAPriceThatHasCome) {
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::held)));
  const auto decided_without_the_price = move(State::held, State::awaiting_price);
  (void)price(5);
  const auto refused = ledger->move_settlement(decided_without_the_price);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::reject);
  EXPECT_EQ(settlement().state, State::held);
}

TEST_F(LedgerSettlement, GoesToTheCheckoutServiceWithItsPricedCart) {
  append(make_cart("t-1"));
  EXPECT_EQ(require(ledger->price("t-1", {99, "USD"}, at(6'000), "{\"cart\":1}")),
            PriceOutcome::priced);
  EXPECT_EQ(settlement().state, State::checkout_due);
  EXPECT_TRUE(settlement().has_checkout_cart);
  EXPECT_EQ(require(reader->checkout_cart(settlement().trip_sequence)), "{\"cart\":1}");
  EXPECT_EQ(require(reader->checkout_cart(99)), "");
}

TEST_F(LedgerSettlement, TakesThePriceOfAnExpiredTripAndLeavesItSo) {
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::expired)));
  EXPECT_EQ(settlement().held_from, State::awaiting_price);
  EXPECT_EQ(price(5), PriceOutcome::priced);
  EXPECT_EQ(settlement().state, State::expired);
}

TEST_F(LedgerSettlement, HasNoPriceWhereThereIsNothingToSettle) {
  EXPECT_EQ(price(1, "no such trip"), PriceOutcome::unknown);
  NewCart unsettled = make_cart("app");
  unsettled.first_settlement.reset();
  append(unsettled);
  EXPECT_EQ(price(1, "app"), PriceOutcome::not_priced);
  NewCart empty = make_cart("empty");
  empty.first_settlement = State::cancel_due;
  append(empty);
  EXPECT_EQ(price(1, "empty"), PriceOutcome::not_priced);
  EXPECT_EQ(settlement("empty").state, State::cancel_due);
  EXPECT_FALSE(settlement("empty").amount);
}

TEST_F(LedgerSettlement, TakesThePriceOfAHeldTripAndLeavesItHeld) {
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::held)));
  EXPECT_EQ(price(5), PriceOutcome::priced);
  EXPECT_EQ(settlement().state, State::held);
  EXPECT_EQ(settlement().amount, (Money{5, "USD"}));
}

TEST_F(LedgerSettlement, RejectsAPriceThatCannotBeCharged) {
  append(make_cart("t-1"));
  for (const Money& amount :
       {Money{-1, "USD"}, Money{1, ""}, Money{1, "usd"}, Money{1, "DOLLAR"}}) {
    const auto priced = ledger->price("t-1", amount, at(6'000));
    ASSERT_FALSE(priced);
    EXPECT_EQ(priced.error().remedy, Remedy::reject);
  }
  EXPECT_EQ(settlement().state, State::awaiting_price);
}

TEST_F(LedgerSettlement, IsPricedByTheAnswerToItsCart) {
  append(make_cart("t-1"));
  const std::int64_t id = trip("t-1").deliveries.at(0).id;
  require(
      ledger->record_attempt({id, DeliveryState::delivered, at(6'000), {}, "", Money{250, "USD"}}));
  EXPECT_EQ(trip("t-1").deliveries.at(0).state, DeliveryState::delivered);
  EXPECT_EQ(settlement().state, State::adjust_due);
  EXPECT_EQ(settlement().amount, (Money{250, "USD"}));
}

TEST_F(LedgerSettlement, IsNotPricedByAnAttemptThatFailed) {
  append(make_cart("t-1"));
  const std::int64_t id = trip("t-1").deliveries.at(0).id;
  require(ledger->record_attempt(
      {id, DeliveryState::pending, at(6'000), at(7'000), "500", Money{1, "USD"}}));
  EXPECT_EQ(settlement().state, State::awaiting_price);
}

TEST_F(LedgerSettlement, DoesNotHoldUpADeliveryWhoseChargeIsWrong) {
  append(make_cart("t-1"));
  const std::int64_t id = trip("t-1").deliveries.at(0).id;
  require(ledger->record_attempt(
      {id, DeliveryState::delivered, at(6'000), {}, "", Money{-250, "USD"}}));
  EXPECT_EQ(trip("t-1").deliveries.at(0).state, DeliveryState::delivered);
  EXPECT_EQ(settlement().state, State::awaiting_price);
  EXPECT_NE(settlement().reason.find("-2.50 USD"), std::string::npos);
  EXPECT_EQ(price(250), PriceOutcome::priced) << "the right price may still come";
}

TEST_F(LedgerSettlement, MovesOnlyFromTheStateThatIsOnDisk) {
  append(make_cart("t-1"));
  price(1599);
  SettlementChange sent = move(State::adjust_due, State::adjust_sent);
  sent.attempts = 1;
  sent.reason = "first try";
  require(ledger->move_settlement(sent));
  EXPECT_EQ(settlement().state, State::adjust_sent);
  EXPECT_EQ(settlement().attempts, 1);
  EXPECT_EQ(settlement().next_attempt_at, at(8'000));
  EXPECT_EQ(settlement().changed_at, at(7'000));
  EXPECT_EQ(settlement().reason, "first try");

  sent.at = at(7'001);
  const Result<> again = ledger->move_settlement(sent);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().remedy, Remedy::reject);
  EXPECT_NE(again.error().message.find("is adjust_sent, expected adjust_due"), std::string::npos)
      << again.error().message;
  EXPECT_EQ(history(), (std::vector{State::awaiting_price, State::adjust_due, State::adjust_sent}));
}

TEST_F(LedgerSettlement, TakesTheVeryChangeThatIsOnDiskAgain) {
  append(make_cart("t-1"));
  price(1599);
  const SettlementChange sent = move(State::adjust_due, State::adjust_sent);
  require(ledger->move_settlement(sent));
  require(ledger->move_settlement(sent));
  SettlementChange other = sent;
  other.reason = "somebody else's, in the same millisecond";
  EXPECT_FALSE(ledger->move_settlement(other));
  EXPECT_EQ(settlement().state, State::adjust_sent);
  EXPECT_EQ(history(), (std::vector{State::awaiting_price, State::adjust_due, State::adjust_sent}));
}

TEST_F(LedgerSettlement, DoesNotMoveForATripThatIsNotSettled) {
  SettlementChange change;
  change.trip_sequence = 99;
  const Result<> changed = ledger->move_settlement(change);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().remedy, Remedy::reject);
}

TEST_F(LedgerSettlement, WritesHistoryOnlyWhenTheStateChanges) {
  append(make_cart("t-1"));
  price(1599);
  SettlementChange later = move(State::adjust_due, State::adjust_due);
  later.attempts = 3;
  require(ledger->move_settlement(later));
  EXPECT_EQ(settlement().attempts, 3);
  EXPECT_EQ(settlement().changed_at, at(6'000)) << "it has been due since then";
  EXPECT_EQ(history().size(), 2U);
}

struct Recovered {
  State before;
  State after;
};
class LedgerRecovery : public LedgerSettlement, public testing::WithParamInterface<Recovered> {};

TEST_P(LedgerRecovery, TakesACallWhoseOutcomeIsUnknownToWhereItIsSafe) {
  append(make_cart("t-1"));
  if (GetParam().before != State::awaiting_price) {
    require(ledger->move_settlement(move(State::awaiting_price, GetParam().before)));
  }
  const bool moves = GetParam().before != GetParam().after;
  EXPECT_EQ(require(reader->sent_settlements()).size(), moves ? 1U : 0U);
  EXPECT_EQ(require(ledger->recover_settlement(1, at(20'000))), moves);
  EXPECT_EQ(settlement().state, GetParam().after);
  EXPECT_EQ(history().back(), GetParam().after);
  if (moves) {
    EXPECT_EQ(settlement().next_attempt_at, at(20'000));
    EXPECT_NE(settlement().reason, "");
  }
  EXPECT_FALSE(require(ledger->recover_settlement(1, at(30'000))))
      << "a second start moves nothing";
}

INSTANTIATE_TEST_SUITE_P(Ledger, LedgerRecovery,
                         testing::Values(Recovered{State::adjust_sent, State::adjust_due},
                                         Recovered{State::cancel_sent, State::cancel_due},
                                         Recovered{State::capture_sent, State::capture_unknown},
                                         Recovered{State::awaiting_price, State::awaiting_price},
                                         Recovered{State::adjust_due, State::adjust_due},
                                         Recovered{State::capture_due, State::capture_due},
                                         Recovered{State::capture_unknown, State::capture_unknown},
                                         Recovered{State::details_due, State::details_due},
                                         Recovered{State::captured, State::captured},
                                         Recovered{State::held, State::held}),
                         [](const auto& tested) {
                           return std::string(to_text(tested.param.before));
                         });

}  // namespace
}  // namespace gatehouse::store
