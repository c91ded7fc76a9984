// Real pages of a real ledger, damaged while nobody has it open.
#include <gtest/gtest.h>

#include "tests/store/ledger/ledger_thread_fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

using Order = LedgerReader::Order;
using testing::Test;

/// Three pages of cart, with its trip's name in the middle one.
std::string large_body(const std::string& trip_id) {
  return std::string(6'000, 'a') + "middle of " + trip_id + std::string(6'000, 'z') + "end of " +
         trip_id;
}

class LedgerDamage : public Test, protected LedgerFixture {
 protected:
  LedgerDamage() {
    for (const char* id : {"t-1", "t-2", "t-3"}) append(make_cart(id, large_body(id)));
  }
  template <class Damage>
  void damage(const Damage& work) {
    reader.reset();
    ledger.reset();
    work();
    reopen();
  }
  /// What can be read of those that are due, as their trips; "" for what cannot.
  std::vector<std::string> readable() {
    std::vector<std::string> trips;
    for (const auto& each : require(
             reader->due_deliveries(Lane::cloud, at(9'000), wait_max, Order::oldest_first, 9))) {
      const auto delivery = reader->delivery(each);
      trips.push_back(delivery ? delivery->trip_id : "");
      if (!delivery) {
        EXPECT_EQ(delivery.error().remedy, Remedy::repair);
      }
    }
    return trips;
  }
  static const std::vector<std::string> all_but_the_second;
};

/// The entries of both trips in the index of trips name the row of the other one. Such an entry is
/// the length of its header, the types of the id and of a row that fits one byte, the id, the row.
void swap_rows_in_index(const std::filesystem::path& file, const std::string& one,
                        const std::string& other) {
  const auto row_of = [&](const std::string& id) {
    const auto type_of_id = static_cast<char>(13 + 2 * id.size());
    const std::string entry = std::string{3, type_of_id, 1} + id;
    return offset_of(file, entry) + entry.size();
  };
  const auto first = row_of(one);
  const auto second = row_of(other);
  const std::string bytes = contents(file);
  overwrite(file, first, std::string(1, bytes[second]));
  overwrite(file, second, std::string(1, bytes[first]));
}

const std::vector<std::string> LedgerDamage::all_but_the_second{"t-1", "", "t-3"};

TEST_F(LedgerDamage, OfAPageOfACartCostsThatCartAlone) {
  damage([&] { zero_page_with(file, "middle of t-2"); });
  EXPECT_EQ(readable(), all_but_the_second);
  EXPECT_NE(reader->damage().find("SQLITE_CORRUPT"), std::string::npos) << reader->damage();
}

TEST_F(LedgerDamage, IsToldWhereThePaymentsDesksWordCannotBeRead) {
  DeliveryAttempt answered;
  answered.delivery_id = 1;
  answered.state = DeliveryState::delivered;
  answered.at = at(6'000);
  answered.decision = NewDecision{.word = DecisionWord::written_off, .by = "Ann"};
  require(ledger->record_attempt(answered));
  damage([&] { zero_leaves_of(file, "decision"); });
  EXPECT_FALSE(reader->questions().pending_decisions(0, 10));
  EXPECT_NE(reader->damage().find("SQLITE_CORRUPT"), std::string::npos) << reader->damage();
}

TEST_F(LedgerDamage, OfALastPageThatReadsAsZerosIsToldByTheHash) {
  damage([&] { zero_page_with(file, "end of t-2"); });
  EXPECT_EQ(readable(), all_but_the_second);
}

TEST_F(LedgerDamage, OfOneBitIsToldByTheHash) {
  damage([&] { flip_a_bit_at(file, "middle of t-2"); });
  EXPECT_EQ(readable(), all_but_the_second);
  EXPECT_NE(reader->damage().find("SHA-256"), std::string::npos) << reader->damage();
}

TEST_F(LedgerDamage, OfTheIndexOfTripsGivesNoTripThePriceOfAnother) {
  damage([&] { swap_rows_in_index(file, "t-2", "t-3"); });
  const auto priced = ledger->price("t-2", Money{999, "USD"}, at(6'000));
  ASSERT_FALSE(priced);
  EXPECT_EQ(priced.error().remedy, Remedy::repair);
  const auto shown = reader->trip("t-2");
  ASSERT_FALSE(shown) << "a person decides by what is shown";
  EXPECT_EQ(shown.error().remedy, Remedy::repair);
}

TEST_F(LedgerDamage, OfTheIndexOfTripsKeepsNoPriceOfTheCloudFromItsOwnTrip) {
  damage([&] { swap_rows_in_index(file, "t-2", "t-3"); });
  DeliveryAttempt answered;
  answered.delivery_id = 2;
  answered.state = DeliveryState::delivered;
  answered.at = at(6'000);
  answered.charge = Money{999, "USD"};
  require(ledger->record_attempt(answered));
  EXPECT_EQ(require(reader->settlement(2)).value().amount, answered.charge);
  EXPECT_EQ(require(reader->settlement(3)).value().amount, std::nullopt);
}

TEST_F(LedgerDamage, OfTheIndexOfTripsLetsNoOtherTripGo) {
  require(ledger->note_gap({GapKind::behind, at(6'000), {}, 1}));
  damage([&] { swap_rows_in_index(file, "t-2", "t-3"); });
  const auto vouched =
      ledger->vouch("t-2", SettlementState::awaiting_price, "somebody knows", at(7'000));
  ASSERT_FALSE(vouched);
  EXPECT_EQ(vouched.error().remedy, Remedy::repair);
  DeliveryAttempt answered;
  answered.delivery_id = 2;
  answered.state = DeliveryState::delivered;
  answered.at = at(6'000);
  answered.grant.settled_elsewhere = false;
  require(ledger->record_attempt(answered));
  EXPECT_FALSE(require(reader->settlement(2)).value().withheld);
  EXPECT_TRUE(require(reader->settlement(3)).value().withheld);
}

TEST_F(LedgerDamage, OfTheIndexOfKeysMakesNoRecordTwice) {
  SettlementChange change;
  change.trip_sequence = 2;
  change.to = SettlementState::captured;
  change.at = change.next_attempt_at = at(6'000);
  require(ledger->price("t-2", Money{999, "USD"}, at(6'000)));
  change.from = SettlementState::adjust_due;
  require(ledger->move_settlement(change));
  NewRefund refund{.trip_id = "t-2",
                   .request_id = "11111111-1111-1111-1111-111111111111",
                   .amount = {100, "USD"},
                   .payload = "{}",
                   .at = at(7'000)};
  EXPECT_EQ(require(ledger->refund(refund)), RefundOutcome::recorded);
  // The id is no longer found in either index of such ids.
  damage([&] {
    for (const char* index : {"sqlite_autoindex_refund_1", "sqlite_autoindex_delivery_1"}) {
      replace_in_leaves_of(file, index, "11111111-1111", "11111111-1113");
    }
  });
  EXPECT_FALSE(ledger->refund(refund)) << "Amazon would pay it twice";
  EXPECT_EQ(trip("t-2").refunds.size(), 1U);
}

TEST_F(LedgerDamage, OfANumberThatNobodyWroteIsNoState) {
  require(ledger->price("t-2", Money{999, "USD"}, at(6'000)));
  damage([&] {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(
        database.execute("UPDATE settlement SET held_from = 21 WHERE trip_sequence = 2;"
                         "UPDATE settlement SET state = 33 WHERE trip_sequence = 3;"
                         "UPDATE delivery SET kind = 4294967297 WHERE id = 1"));
  });
  EXPECT_TRUE(require(reader->due_settlements(at(9'000), wait_max, 9)).empty());
  EXPECT_NE(reader->damage().find("nobody wrote"), std::string::npos) << reader->damage();
  EXPECT_FALSE(reader->trip("t-2"));
  EXPECT_EQ(readable(), (std::vector<std::string>{"", "t-2", "t-3"}));
  EXPECT_FALSE(ledger->price("t-3", Money{999, "USD"}, at(6'000)));
  EXPECT_EQ(require(reader->counts()).trips, 3) << "no other count is lost for it";
}

TEST_F(LedgerDamage, IsToldWhereverACartIsUsed) {
  require(ledger->price("t-2", Money{999, "USD"}, at(6'000), "the checkout cart"));
  damage([&] {
    flip_a_bit_at(file, "middle of t-2");
    flip_a_bit_at(file, "the checkout cart");
  });
  EXPECT_TRUE(reader->cart(1));
  ASSERT_FALSE(reader->cart(2));
  EXPECT_EQ(reader->cart(2).error().remedy, Remedy::repair);
  ASSERT_FALSE(reader->checkout_cart(2));
  EXPECT_EQ(reader->checkout_cart(2).error().remedy, Remedy::repair);
}

TEST_F(LedgerDamage, IsKeptWithTheRecordThatWasSetAsideForIt) {
  require(ledger->set_aside_damaged(2, "its SHA-256 differs", at(9'000)));
  const Delivery cart = trip("t-2").deliveries.at(0);
  EXPECT_EQ(cart.state, DeliveryState::set_aside);
  EXPECT_EQ(cart.reason, "its SHA-256 differs");
  EXPECT_EQ(cart.attempts, 0) << "nothing was sent";
  EXPECT_EQ(readable(), (std::vector<std::string>{"t-1", "t-3"}));
  const LedgerCounts counts = require(reader->counts());
  EXPECT_EQ(counts.set_aside, 1);
  EXPECT_EQ(counts.damaged, 1);
  const auto again = ledger->set_aside_damaged(2, "its SHA-256 differs", at(9'000));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().remedy, Remedy::reject);
}

TEST_F(LedgerDamage, OfACartLetsItsPaymentRecordGo) {
  SettlementChange change;
  change.trip_sequence = 2;
  change.to = SettlementState::captured;
  change.at = change.next_attempt_at = at(6'000);
  change.payment_record = "{}";
  require(ledger->move_settlement(change));
  EXPECT_EQ(due_ids(at(9'000)), (std::vector<std::int64_t>{1, 2, 3}));
  require(ledger->set_aside_damaged(2, "its SHA-256 differs", at(9'000)));
  EXPECT_EQ(due_ids(at(9'000)), (std::vector<std::int64_t>{1, 3, 4}));
}

TEST_F(LedgerDamage, IsToldToWhoeverWantsToRetryUntilTheBytesAreBack) {
  EXPECT_TRUE(reader->check(2));
  EXPECT_TRUE(reader->check(99)) << "there is none, so none is damaged";
  require(ledger->set_aside_damaged(2, "its SHA-256 differs", at(9'000)));
  damage([&] { flip_a_bit_at(file, "middle of t-2"); });
  ASSERT_FALSE(reader->check(2));
  EXPECT_EQ(reader->check(2).error().remedy, Remedy::repair);
  damage([&] { flip_a_bit_at(file, "liddle of t-2"); });  // back again
  EXPECT_TRUE(reader->check(2));
  EXPECT_TRUE(require(ledger->retry(2, at(9'000))));
  EXPECT_EQ(require(reader->counts()).damaged, 0);
  EXPECT_EQ(readable(), (std::vector<std::string>{"t-1", "t-3", "t-2"}));
}

TEST_F(LedgerDamage, OfAnIndexLeavesTheRestOfItReadableFromItsOtherEnd) {
  for (int i = 0; i < 1'000; ++i) append(make_cart("more-" + std::to_string(i)));
  damage([&] { zero_leaves_of(file, "delivery_ready", 0); });
  const auto due = [&](Order order) {
    return reader->due_deliveries(Lane::cloud, at(9'000), wait_max, order, 16);
  };
  ASSERT_FALSE(due(Order::oldest_first));
  EXPECT_EQ(due(Order::oldest_first).error().remedy, Remedy::repair);
  EXPECT_EQ(require(due(Order::newest_first)).size(), 16U);
}

TEST_F(LedgerDamage, OfChargesCostsThoseChargesAlone) {
  for (int i = 0; i < 400; ++i) {
    const std::string trip = "more-" + std::to_string(i);
    append(make_cart(trip));
    (void)require(ledger->price(trip, Money{999, "USD"}, at(6'000)));
  }
  const int lost = rows_in_first_leaf(file, "settlement");
  damage([&] { zero_leaves_of(file, "settlement", 0); });
  const auto due = require(reader->due_settlements(at(9'000), wait_max, 16));
  ASSERT_EQ(due.size(), 16U);
  EXPECT_EQ(due.front().trip_sequence, lost + 1);
  EXPECT_EQ(require(reader->newest_due_settlements(at(9'000), wait_max, 500)).back().trip_sequence,
            lost + 1);
  EXPECT_NE(reader->damage().find("SQLITE_CORRUPT"), std::string::npos) << reader->damage();
}

TEST_F(LedgerDamage, OfWaitingChargesIsSaidByTheCountOfPricesAndCostsNoOtherCount) {
  for (int i = 0; i < 400; ++i) append(make_cart("more-" + std::to_string(i)));
  EXPECT_EQ(require(reader->counts()).prices_damage, "");
  damage([&] { zero_leaves_of(file, "settlement", 0); });
  const auto counts = require(reader->counts());
  EXPECT_EQ(counts.trips, 403);
  EXPECT_EQ(counts.awaiting_price, 403);
  EXPECT_NE(counts.prices_damage.find("SQLITE_CORRUPT"), std::string::npos) << counts.prices_damage;
}

TEST_F(LedgerDamage, OfTheIndexesOfWhatIsDueCostsNoCount) {
  for (int i = 0; i < 400; ++i) {
    const std::string trip = "more-" + std::to_string(i);
    append(make_cart(trip));
    (void)require(ledger->price(trip, Money{999, "USD"}, at(6'000)));
  }
  EXPECT_TRUE(require(reader->counts()).charge_due_at);
  damage([&] {
    (void)zero_leaves_of(file, "settlement_due");
    (void)zero_leaves_of(file, "delivery_ready");
  });
  const auto counts = require(reader->counts());
  EXPECT_EQ(counts.trips, 403);
  EXPECT_FALSE(counts.charge_due_at);
  EXPECT_NE(reader->damage().find("SQLITE_CORRUPT"), std::string::npos) << reader->damage();
}

class WriterOfADamagedLedger : public LedgerThreadFixture {
 protected:
  void fill() {
    Ledger ledger = require(Ledger::open(file));
    for (int i = 0; i < 200; ++i) require(ledger.append(make_cart("old-" + std::to_string(i))));
  }
};

TEST_F(WriterOfADamagedLedger, OpensItAndTellsWhereRefundsThatWaitCannotBeRead) {
  fill();
  zero_leaves_of(file, "delivery_ready", -1);
  start();
  EXPECT_TRUE(writer->opened());
  EXPECT_NE(writer->damage(), "");
}

TEST_F(WriterOfADamagedLedger, KeepsTheRestOfABatchOneOfWhichMeetsTheDamage) {
  fill();
  zero_leaves_of(file, "delivery", 0);
  start();
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  auto before = offer(make_cart("before"));
  std::promise<Result<>> broken;
  ASSERT_TRUE(writer->submit<void>(
      [](Ledger& ledger) {
        return ledger.record_attempt(
            {1, DeliveryState::delivered, at(9'000), {}, "", std::nullopt});
      },
      [&](Result<> result) { broken.set_value(std::move(result)); }));
  auto after = offer(make_cart("after"));
  released->count_down();
  EXPECT_TRUE(wait(std::move(before)));
  EXPECT_TRUE(wait(std::move(after)));
  const Result<> result = broken.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().remedy, Remedy::repair);
  EXPECT_TRUE(has("before"));
  EXPECT_TRUE(has("after"));
  EXPECT_EQ(writer->trouble(), "") << "carts are taken";
  EXPECT_NE(writer->damage().find("SQLITE_CORRUPT"), std::string::npos) << writer->damage();
  EXPECT_TRUE(append(make_cart("another")));
  EXPECT_EQ(writer->carts_refused(), "") << "carts are taken";
}

/// The work wrote a row before it met the damage in an index: of that nothing is left.
TEST_F(WriterOfADamagedLedger, UndoesWhatAWorkWroteBeforeItMetTheDamage) {
  fill();
  zero_leaves_of(file, "settlement_history", -1);
  start();
  const auto refused = append(make_cart("new"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::repair);
  EXPECT_FALSE(has("new"));
  NewCart unsettled = make_cart("unsettled");
  unsettled.first_settlement.reset();
  EXPECT_TRUE(append(unsettled)) << "it needs no history";
  EXPECT_EQ(trips(), 201);
}

TEST_F(WriterOfADamagedLedger, SaysThatItTakesNoCartWhereEveryOneMeetsTheDamage) {
  fill();
  zero_leaves_of(file, "delivery", -1);
  start({.carts_are_settled = true});
  EXPECT_EQ(writer->carts_refused(), "") << "nobody has met it";
  EXPECT_FALSE(append(make_cart("new")));
  EXPECT_TRUE(eventually([&] { return !writer->carts_refused().empty(); }));
  EXPECT_NE(writer->carts_refused().find("SQLITE_CORRUPT"), std::string::npos)
      << writer->carts_refused();
  EXPECT_EQ(trips(), 200) << "what was tried is not kept";
}

/// Damage to what only a charge needs refuses the carts of a box that settles, and no others.
TEST_F(WriterOfADamagedLedger, TriesACartAsThisBoxTakesThem) {
  fill();
  zero_leaves_of(file, "settlement_history", -1);
  start();
  EXPECT_FALSE(append(make_cart("new")));
  NewCart unsettled = make_cart("unsettled");
  unsettled.first_settlement.reset();
  EXPECT_TRUE(append(unsettled));
  EXPECT_EQ(writer->carts_refused(), "");
  writer.reset();
  start({.carts_are_settled = true});
  EXPECT_FALSE(append(make_cart("new")));
  EXPECT_TRUE(eventually([&] { return !writer->carts_refused().empty(); }));
}

}  // namespace
}  // namespace gatehouse::store
