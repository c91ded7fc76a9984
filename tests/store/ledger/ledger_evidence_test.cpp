// What proves whether and how often a shopper was charged: captures, looks, and the records of how
// a charge ended.
#include <gtest/gtest.h>

#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class LedgerEvidence : public testing::Test, protected LedgerFixture {
 protected:
  Settlement settlement(const std::string& trip_id = "t-1") {
    return trip(trip_id).settlement.value();
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
  void price(std::int64_t minor) { (void)require(ledger->price("t-1", {minor, "USD"}, at(6'000))); }
};

TEST_F(LedgerEvidence, CountsEachCaptureInTheCommitOfItsIntent) {
  append(make_cart("t-1"));
  price(1599);
  require(ledger->move_settlement(move(State::adjust_due, State::adjust_sent)));
  const auto intent = move(State::adjust_sent, State::capture_sent);
  require(ledger->move_settlement(intent));
  require(ledger->move_settlement(intent));
  EXPECT_EQ(settlement().captures_sent, 1) << "the same change twice";
  auto refused = move(State::capture_sent, State::capture_due);
  refused.capture_not_done = true;
  require(ledger->move_settlement(refused));
  require(ledger->move_settlement(refused));
  EXPECT_EQ(settlement().captures_not_done, 1);
  require(ledger->move_settlement(move(State::capture_due, State::capture_sent)));
  EXPECT_EQ(settlement().captures_sent, 2);
  EXPECT_TRUE(require(ledger->recover_settlement(1, at(9'000))));
  EXPECT_EQ(settlement().captures_sent, 2);
  EXPECT_EQ(settlement().captures_not_done, 1);
}

TEST_F(LedgerEvidence, KeepsWhatTheLookBeforeTheLastCaptureShowed) {
  append(make_cart("t-1"));
  auto intent = move(State::awaiting_price, State::capture_sent);
  intent.reconciliation_before = "ab";
  require(ledger->move_settlement(intent));
  EXPECT_EQ(settlement().reconciliation_before, "ab");
  require(ledger->move_settlement(move(State::capture_sent, State::capture_due)));
  EXPECT_EQ(settlement().reconciliation_before, "ab");
  require(ledger->move_settlement(move(State::capture_due, State::capture_sent)));
  EXPECT_EQ(settlement().reconciliation_before, std::nullopt) << "the last was not answered";
}

TEST_F(LedgerEvidence, KeepsThatTheEvidenceIsUnsound) {
  append(make_cart("t-0"));
  append(make_cart("t-1"));
  EXPECT_FALSE(require(reader->evidence_unsound()));
  auto intent = move(State::awaiting_price, State::capture_sent);
  intent.evidence_unsound = true;
  require(ledger->move_settlement(intent));
  require(ledger->move_settlement(move(State::capture_sent, State::details_due)));
  EXPECT_TRUE(require(reader->evidence_unsound()));
  EXPECT_EQ(require(reader->counts()).evidence_unsound, 1);
  EXPECT_EQ(require(reader->counts()).last_unsound_trip, "t-1");
  EXPECT_EQ(require(ledger->declare_evidence_sound("Ann", at(9'500), 100)), 1);
  EXPECT_FALSE(require(reader->evidence_unsound())) << "a person has explained it";
  EXPECT_NE(trip("t-1").history.back().reason.find("Ann declares"), std::string::npos);
  EXPECT_EQ(require(ledger->declare_evidence_sound("Ann", at(9'600), 100)), 0);
}

TEST_F(LedgerEvidence, TakesNoIntentToAdjustOnceACaptureMayHaveHadItsEffect) {
  append(make_cart("t-1"));
  price(1599);
  require(ledger->move_settlement(move(State::adjust_due, State::capture_sent)));
  require(ledger->move_settlement(move(State::capture_sent, State::adjust_due)));
  const auto adjusted = ledger->move_settlement(move(State::adjust_due, State::adjust_sent));
  ASSERT_FALSE(adjusted);
  EXPECT_EQ(adjusted.error().remedy, Remedy::reject);
  require(ledger->move_settlement(move(State::adjust_due, State::capture_sent)));
  auto denied = move(State::capture_sent, State::adjust_due);
  denied.capture_not_done = true;
  require(ledger->move_settlement(denied));
  EXPECT_FALSE(ledger->move_settlement(move(State::adjust_due, State::adjust_sent)))
      << "the first one counts";
}

TEST_F(LedgerEvidence, AdjustsAfterCapturesThatSurelyHadNoEffect) {
  append(make_cart("t-1"));
  price(1599);
  require(ledger->move_settlement(move(State::adjust_due, State::capture_sent)));
  auto denied = move(State::capture_sent, State::adjust_due);
  denied.capture_not_done = true;
  require(ledger->move_settlement(denied));
  EXPECT_TRUE(ledger->move_settlement(move(State::adjust_due, State::adjust_sent)));
}

TEST_F(LedgerEvidence, KeepsTheNumberOfLooksUntilTheNextCaptureInDoubt) {
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::capture_sent)));
  auto looked = move(State::capture_sent, State::capture_unknown);
  looked.clear_looks = 0;
  require(ledger->move_settlement(looked));
  EXPECT_TRUE(settlement().charge_unclear) << "it is, in that state";
  looked = move(State::capture_unknown, State::held);
  looked.clear_looks = 1;
  require(ledger->move_settlement(looked));
  looked = move(State::held, State::held);
  looked.clear_looks = 2;
  require(ledger->move_settlement(looked));
  require(ledger->move_settlement(looked));
  EXPECT_EQ(settlement().clear_looks, 2) << "a number, so that it repeats itself";
  require(ledger->move_settlement(move(State::held, State::capture_due)));
  EXPECT_EQ(settlement().clear_looks, 2);
  require(ledger->move_settlement(move(State::capture_due, State::capture_sent)));
  EXPECT_TRUE(require(ledger->recover_settlement(1, at(9'000))));
  EXPECT_EQ(settlement().clear_looks, 0);
}

TEST_F(LedgerEvidence, IsLookedAtWhileItIsInDoubtWhetherHeldOrNot) {
  const auto looks = [this](WallTime now) {
    return require(reader->due_looks(now, wait_max, 10)).size();
  };
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::capture_sent)));
  EXPECT_EQ(looks(at(8'000)), 0U);
  require(ledger->move_settlement(move(State::capture_sent, State::capture_unknown)));
  EXPECT_EQ(looks(at(7'999)), 0U);
  EXPECT_EQ(looks(at(8'000)), 1U);
  EXPECT_EQ(require(reader->next_look_due()), at(8'000));
  EXPECT_EQ(looks(at(8'000) - wait_max - milliseconds{1}), 1U) << "the clock went back";
  require(ledger->move_settlement(move(State::capture_unknown, State::held)));
  EXPECT_EQ(looks(at(8'000)), 1U);
  EXPECT_EQ(require(reader->counts()).captures_unclear, 1);
  EXPECT_EQ(require(reader->counts()).oldest_unclear_trip_at, at(1'000));
  auto answered = move(State::held, State::capture_due);
  answered.charge_cleared_up = true;
  require(ledger->move_settlement(answered));
  EXPECT_EQ(looks(at(8'000)), 0U);
  require(ledger->move_settlement(move(State::capture_due, State::held)));
  EXPECT_EQ(looks(at(8'000)), 0U) << "held for another reason";
  EXPECT_EQ(require(reader->counts()).captures_unclear, 0);
}

TEST_F(LedgerEvidence, IsNotLookedAtWhereTheCheckoutServiceIsInDoubt) {
  append(make_cart("t-1"));
  require(ledger->price("t-1", {99, "USD"}, at(6'000), "{}"));
  auto unclear = move(State::checkout_due, State::checkout_sent);
  unclear.charge_unclear = true;
  require(ledger->move_settlement(unclear));
  require(ledger->move_settlement(move(State::checkout_sent, State::held)));
  EXPECT_TRUE(settlement().charge_unclear);
  EXPECT_EQ(require(reader->due_looks(at(9'000), wait_max, 10)).size(), 0U);
}

TEST_F(LedgerEvidence, DeliversAPaymentRecordInTheCommitOfItsChange) {
  append(make_cart("t-1"));
  price(1599);
  SettlementChange done = move(State::adjust_due, State::captured);
  done.payment_record = "{\"record\":1}";
  require(ledger->move_settlement(done));
  require(ledger->move_settlement(done));
  const TripView view = trip("t-1");
  ASSERT_EQ(view.deliveries.size(), 2U) << "the same change twice is one record";
  EXPECT_EQ(view.deliveries[1].kind, DeliveryKind::payment_record);
  EXPECT_EQ(view.deliveries[1].idempotency_key, "t-1:payment");
  EXPECT_EQ(view.deliveries[1].created_at, at(7'000));
}

TEST_F(LedgerEvidence, TellsTheCloudEachTimeAChargeEndsAnew) {
  append(make_cart("t-1"));
  price(1599);
  const auto end = [this](State from, State to, std::string record) {
    auto change = move(from, to);
    change.payment_record = std::move(record);
    change.payment_status = "{}";
    require(ledger->move_settlement(change));
    require(ledger->move_settlement(change));
  };
  end(State::adjust_due, State::expired, "{\"record\":\"a\"}");
  require(ledger->move_settlement(move(State::expired, State::adjust_due)));
  end(State::adjust_due, State::expired, "{}");
  require(ledger->move_settlement(move(State::expired, State::adjust_due)));
  end(State::adjust_due, State::captured, "{\"record\":\"c\"}");
  std::vector<std::string> keys;
  for (const Delivery& each : trip("t-1").deliveries) keys.push_back(each.idempotency_key);
  EXPECT_EQ(keys, (std::vector<std::string>{"t-1:cart", "t-1:payment", "t-1:payment-status",
                                            "t-1:payment:2", "t-1:payment-status:2",
                                            "t-1:payment:3", "t-1:payment-status:3"}));
  std::vector<std::string> payloads;
  for (int sent = 0; sent < 4; ++sent) {
    const auto due = this->due(Lane::cloud, at(9'000));
    ASSERT_EQ(due.size(), 1U) << "one after the other";
    payloads.push_back(due[0].payload);
    require(ledger->record_attempt(
        {due[0].id, DeliveryState::delivered, at(7'000), {}, "", std::nullopt}));
  }
  payloads.erase(payloads.begin());
  EXPECT_EQ(payloads,
            (std::vector<std::string>{"{\"revision\":1,\"record\":\"a\"}", "{\"revision\":2}",
                                      "{\"revision\":3,\"record\":\"c\"}"}));
}

TEST_F(LedgerEvidence, MakesNoRecordOfAChangeThatCouldNotBeToldFromItsRepetition) {
  append(make_cart("t-1"));
  require(ledger->move_settlement(move(State::awaiting_price, State::captured)));
  auto again = move(State::captured, State::captured);
  again.payment_record = "{}";
  const auto refused = ledger->move_settlement(again);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::reject);
  EXPECT_EQ(trip("t-1").deliveries.size(), 1U);
}

TEST_F(LedgerEvidence, KeepsNoPaymentRecordOfAChangeThatIsRefused) {
  append(make_cart("t-1"));
  SettlementChange wrong = move(State::adjust_due, State::captured);
  wrong.payment_record = "{}";
  EXPECT_FALSE(ledger->move_settlement(wrong));
  EXPECT_EQ(trip("t-1").deliveries.size(), 1U);
  EXPECT_EQ(settlement().state, State::awaiting_price);
}

TEST(LedgerMigration, CountsTheCapturesThatThe0_1Recorded) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(2)));
    require(database.execute(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4)"
        " INSERT INTO trip SELECT i, 't-' || i, 'p', 1, 1000, 5000, x'00', x'7b7d' FROM n;"
        "INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms,"
        " changed_at_ms, charge_unclear) VALUES"
        // Held in doubt, expired, about to be captured again on one look alone, and waiting.
        " (1, 13, 1000, 5000, 5000, 1), (2, 14, 1000, 5000, 5000, 0), (3, 4, 1000, 5000, 5000, 1),"
        " (4, 4, 1000, 5000, 5000, 0);"
        "INSERT INTO settlement_history (trip_sequence, at_ms, state) VALUES (1, 1, 4), (1, 2, 5),"
        " (1, 3, 4), (1, 4, 5), (1, 5, 6), (1, 6, 13), (2, 1, 7), (2, 2, 8), (2, 3, 14), (3, 1, 5),"
        " (3, 2, 6), (3, 3, 4), (4, 1, 4)"));
  }
  auto ledger = require(Ledger::open(file));
  auto reader = require(LedgerReader::open(file));
  const auto settlement = [&reader](const char* trip_id) {
    return require(reader.trip(trip_id)).value().settlement.value();
  };
  EXPECT_EQ(settlement("t-1").captures_sent, 2);
  EXPECT_EQ(settlement("t-1").captures_not_done, 0) << "not known: they count";
  EXPECT_EQ(settlement("t-2").held_from, State::cancel_sent);
  EXPECT_EQ(settlement("t-2").captures_sent, 0);
  EXPECT_EQ(settlement("t-3").state, State::capture_unknown);
  EXPECT_EQ(settlement("t-4").state, State::capture_due);
  EXPECT_EQ(require(reader.due_looks(at(5'000), wait_max, 10)).size(), 2U);
  EXPECT_EQ(require(reader.due_settlements(at(5'000), wait_max, 10)).size(), 1U);
  EXPECT_EQ(require(reader.counts()).captures_unclear, 2);
}

}  // namespace
}  // namespace gatehouse::store
