#include "tests/simulator/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

#include "tests/simulator/population.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::vector<TripReport> trips() {
  return {{.trip_id = "card",
           .card_entry = true,
           .acknowledged = true,
           .purchase_id = "P-1",
           .charge_minor = 1599,
           .shopper_identity = "I-1",
           .sent_sha256 = {"a", "b"}},
          {.trip_id = "empty",
           .card_entry = true,
           .empty = true,
           .acknowledged = true,
           .sent_sha256 = {"c"}},
          {.trip_id = "app", .acknowledged = true, .purchase_id = "P-2", .sent_sha256 = {"d"}},
          {.trip_id = "lost", .card_entry = true, .charge_minor = 100, .sent_sha256 = {"e"}}};
}

json clean_effects() {
  return json::parse(R"({
    "carts": {"card": {"effects":1, "purchase_id":"P-1", "sha256":"b"},
              "empty": {"effects":1, "purchase_id":"", "sha256":"c"},
              "app": {"effects":1, "purchase_id":"P-2", "sha256":"d"}},
    "payments": {"card": {"captures":1, "captured_minor":1599, "currency":"USD", "declined":false},
                 "empty": {"captures":0, "cancels":1}},
    "records": {"card": {"effects":1, "status":"CAPTURED"},
                "empty": {"effects":1, "status":"CANCELLED"}},
    "duplicate_deliveries": 3})");
}

TEST(Audit, IsCleanWhereEverythingCameTrueOnce) {
  const auto result = audit(trips(), clean_effects());
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.acknowledged, 3U);
  EXPECT_EQ(result.delivered, 3U);
  EXPECT_EQ(result.to_capture, 1U);
  EXPECT_EQ(result.captured, 1U);
  EXPECT_EQ(result.cancelled, 1U);
  EXPECT_EQ(result.repeated_deliveries, 3U);
}

/// One way to be wrong: what is broken in the clean effects, and what the audit must say.
struct Fault {
  std::string name;
  std::function<void(json&)> happen;
  Difference difference;
};

// The test's name in lists, instead of the bytes of the struct.
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

std::vector<Fault> faults() {
  return {
      {"CartLost",
       [](json& e) { e["carts"].erase("app"); },
       {"app", "acknowledged and not delivered"}},
      {"CartTwice",
       [](json& e) { e["carts"]["app"]["effects"] = 2; },
       {"app", "delivered 2 times, under different keys"}},
      {"OtherPurchaseId",
       [](json& e) { e["carts"]["app"]["purchase_id"] = "P-3"; },
       {"app", "delivered under another purchase id than was answered"}},
      {"OtherBytes",
       [](json& e) { e["carts"]["card"]["sha256"] = "x"; },
       {"card", "delivered with other bytes than were sent"}},
      {"NotCaptured", [](json& e) { e["payments"].erase("card"); }, {"card", "not captured"}},
      {"CapturedTwice",
       [](json& e) { e["payments"]["card"]["captures"] = 2; },
       {"card", "captured 2 times"}},
      {"WrongAmount",
       [](json& e) { e["payments"]["card"]["captured_minor"] = 1598; },
       {"card", "captured 1598 USD in minor units, expected 1599 USD"}},
      {"WrongCurrency",
       [](json& e) { e["payments"]["card"]["currency"] = "EUR"; },
       {"card", "captured 1599 EUR in minor units, expected 1599 USD"}},
      {"CapturedAndCancelled",
       [](json& e) { e["payments"]["card"]["cancels"] = 1; },
       {"card", "captured and cancelled"}},
      {"CancelledWithItems",
       [](json& e) {
         e["payments"]["card"] = {{"cancels", 1}, {"declined", true}};
         e["records"]["card"]["status"] = "DECLINED";
       },
       {"card", "cancelled, though it has items"}},
      {"EmptyNotCancelled",
       [](json& e) { e["payments"].erase("empty"); },
       {"empty", "an empty cart, and not cancelled"}},
      {"EmptyCaptured",
       [](json& e) { e["payments"]["empty"]["captures"] = 1; },
       {"empty", "an empty cart, and yet captured"}},
      {"AppSettled",
       [](json& e) { e["payments"]["app"] = {{"captures", 1}}; },
       {"app", "app entry, and yet Amazon was called"}},
      {"NoRecord",
       [](json& e) { e["records"].erase("card"); },
       {"card", "0 payment records, expected 1"}},
      {"TwoRecords",
       [](json& e) { e["records"]["card"]["effects"] = 2; },
       {"card", "2 payment records, expected 1"}},
      {"LostRevision",
       [](json& e) {
         e["records"]["card"]["effects"] = 2;
         e["records"]["card"]["revision"] = 3;
       },
       {"card", "2 payment records, expected 3"}},
      {"FalseRecord",
       [](json& e) { e["records"]["card"]["status"] = "DECLINED"; },
       {"card", "the payment record says DECLINED, the truth is CAPTURED"}},
      {"OtherEmail",
       [](json& e) { e["records"]["card"]["shopper_email"] = email_of("I-2"); },
       {"card", "the payment record carries somebody else's e-mail address"}},
      {"TwoLedgersCaptured",
       [](json& e) { e["records"]["card"]["ledgers"] = {"a-uuid", "b-uuid"}; },
       {"card", "2 ledgers say that they captured it"}},
      {"CapturedAndRefundedMore",
       [](json& e) { e["payments"]["card"]["refunded_minor"] = 1600; },
       {"card", "more was refunded than captured"}},
      {"OtherCheckout",
       [](json& e) { e["checkouts_differing"] = 1; },
       {"", "checkouts_differing: 1"}},
      {"StrangeReport",
       [](json& e) { e["reports"]["stranger"] = {{"accepted", 1}}; },
       {"stranger", "in the world's reports, in no report"}},
      {"StrangeCart",
       [](json& e) { e["carts"]["stranger"] = {{"effects", 1}}; },
       {"stranger", "in the world's carts, in no report"}},
      {"StrangePayment",
       [](json& e) { e["payments"]["stranger"] = {{"captures", 1}}; },
       {"stranger", "in the world's payments, in no report"}},
      {"UnacknowledgedTwice",
       [](json& e) { e["carts"]["lost"] = {{"effects", 2}}; },
       {"lost", "not acknowledged, and yet delivered twice"}},
      {"UnacknowledgedCapturedTwice",
       [](json& e) { e["payments"]["lost"] = {{"captures", 2}}; },
       {"lost", "not acknowledged, and yet captured twice"}},
      {"Conflict", [](json& e) { e["conflicts"] = 1; }, {"", "conflicts: 1"}},
      {"AboveAuthorised",
       [](json& e) { e["captures_above_authorised"] = 1; },
       {"", "captures_above_authorised: 1"}},
      {"CancelAfterCapture",
       [](json& e) { e["cancels_after_capture"] = 1; },
       {"", "cancels_after_capture: 1"}},
      {"CaptureAfterCancel",
       [](json& e) { e["captures_after_cancel"] = 1; },
       {"", "captures_after_cancel: 1"}},
  };
}

/// What a ledger says that agrees with the clean effects.
Beliefs beliefs() {
  return {{"card", {.settlement = "captured", .amount = Money{1599, "USD"}}},
          {"empty", {.settlement = "cancelled"}},
          {"app", {}}};
}

AuditResult audit_with(const Beliefs& believed, const json& effects) {
  return audit(trips(), effects, {.beliefs = &believed});
}

TEST(AuditLedger, IsCleanWhereItSaysWhatHappened) {
  const auto result = audit_with(beliefs(), clean_effects());
  EXPECT_TRUE(result.clean()) << result.table();
}

TEST(AuditLedger, MissesATripThatWasAcknowledged) {
  auto believed = beliefs();
  believed.erase("app");
  EXPECT_THAT(audit_with(believed, clean_effects()).differences,
              ElementsAre(Difference{"app", "acknowledged, and not in the ledger"}));
}

TEST(AuditLedger, DoesNotTakeAnOpenSettlementForAnEnd) {
  auto believed = beliefs();
  for (const auto* state : {"awaiting_price", "capture_due", "capture_sent", "capture_unknown"}) {
    believed["card"].settlement = state;
    EXPECT_THAT(
        audit_with(believed, clean_effects()).differences,
        ElementsAre(Difference{"card", std::string("not settled: the ledger says ") + state}));
  }
}

TEST(AuditLedger, CountsAHeldTripWhetherItWasCapturedOrNot) {
  auto believed = beliefs();
  believed["card"].settlement = "held";
  auto effects = clean_effects();
  effects["records"].erase("card");
  auto result = audit_with(believed, effects);
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.held, 1U);
  EXPECT_EQ(result.lost, 0U);
  effects["payments"].erase("card");
  EXPECT_TRUE(audit_with(believed, effects).clean());
  effects["payments"]["card"] = {{"captures", 2}};
  EXPECT_THAT(audit_with(believed, effects).differences,
              ElementsAre(Difference{"card", "captured 2 times"}));
}

TEST(AuditLedger, FindsAnExpiredOrWrittenOffTripThatWasCaptured) {
  for (const std::string state : {"expired", "written_off"}) {
    auto believed = beliefs();
    believed["card"].settlement = state;
    auto effects = clean_effects();
    EXPECT_THAT(
        audit_with(believed, effects).differences,
        ElementsAre(Difference{"card", "the ledger says " + state + ", the truth is captured"}));
    believed["card"].is_unclear = true;
    EXPECT_TRUE(audit_with(believed, effects).clean()) << "the ledger says that it may be";
    believed["card"].is_unclear = false;
    effects["payments"].erase("card");
    effects["records"]["card"]["status"] = state == "expired" ? "EXPIRED" : "WRITTEN_OFF";
    EXPECT_TRUE(audit_with(believed, effects).clean()) << audit_with(believed, effects).table();
    effects["records"].erase("card");
    EXPECT_THAT(audit_with(believed, effects).differences,
                ElementsAre(Difference{"card", "0 payment records, expected 1"}));
  }
}

TEST(AuditLedger, FindsWhatItBelievesAndIsNotSo) {
  auto believed = beliefs();
  believed["card"].amount = Money{1600, "USD"};
  EXPECT_FALSE(audit_with(believed, clean_effects()).clean());
  for (const auto* state : {"declined", "cancelled"}) {
    believed["card"].settlement = state;
    EXPECT_THAT(audit_with(believed, clean_effects()).differences,
                ElementsAre(Difference{
                    "card", std::string("the ledger says ") + state + ", the truth is captured"}));
  }
  believed = beliefs();
  believed["empty"].settlement = "captured";
  EXPECT_FALSE(audit_with(believed, clean_effects()).clean());
}

/// 5.00 and 1.00 were given back, 2.00 more were refused, and Amazon has heard of the payment.
Beliefs with_aftermath() {
  auto believed = beliefs();
  believed["card"].refunds = 2;
  believed["card"].refunded_minor = 600;
  believed["card"].refund_set_aside_minor = 200;
  believed["card"].is_reported = true;
  return believed;
}

json aftermath() {
  auto effects = clean_effects();
  effects["payments"]["card"]["refunded_minor"] = 600;
  effects["records"]["card"]["refunds"] = 2;
  effects["records"]["card"]["shopper_email"] = email_of("I-1");
  effects["reports"]["card"] = {{"accepted", 1}, {"settled_minor", 1599}, {"currency", "USD"}};
  return effects;
}

TEST(AuditLedger, IsCleanWhereRefundsRecordsAndReportAgree) {
  auto effects = aftermath();
  EXPECT_TRUE(audit_with(with_aftermath(), effects).clean())
      << audit_with(with_aftermath(), effects).table();
  effects["payments"]["card"]["refunded_minor"] = 800;
  EXPECT_TRUE(audit_with(with_aftermath(), effects).clean())
      << "what was refused may have happened";
}

TEST(AuditLedger, WaitsForARefundThatIsOnItsWay) {
  auto believed = with_aftermath();
  believed["card"].is_aftermath_due = true;
  EXPECT_THAT(audit_with(believed, aftermath()).differences,
              ElementsAre(Difference{"card", "a refund or report has not come to its end"}));
}

std::vector<Fault> faults_afterwards() {
  return {
      {"RefundLost",
       [](json& e) { e["payments"]["card"]["refunded_minor"] = 500; },
       {"card", "the ledger says 600 in minor units refunded, the truth is 500"}},
      {"RefundTwice",
       [](json& e) { e["payments"]["card"]["refunded_minor"] = 900; },
       {"card", "the ledger says 600 in minor units refunded, the truth is 900"}},
      {"NoRefundRecord",
       [](json& e) { e["records"]["card"]["refunds"] = 1; },
       {"card", "1 refund records, expected 2"}},
      {"NoReport",
       [](json& e) { e["reports"].erase("card"); },
       {"card", "reported to Amazon, which knows nothing"}},
      {"FalseReport",
       [](json& e) { e["reports"]["card"]["settled_minor"] = 0; },
       {"card", "Amazon was told 0 USD in minor units settled, the truth is 1599 USD"}},
      {"ReportInAnotherCurrency",
       [](json& e) { e["reports"]["card"]["currency"] = "JPY"; },
       {"card", "Amazon was told 1599 JPY in minor units settled, the truth is 1599 USD"}},
  };
}

class AuditAftermath : public testing::TestWithParam<Fault> {};

TEST_P(AuditAftermath, IsFoundAndNothingElse) {
  auto effects = aftermath();
  GetParam().happen(effects);
  EXPECT_THAT(audit_with(with_aftermath(), effects).differences,
              ElementsAre(GetParam().difference));
}

INSTANTIATE_TEST_SUITE_P(Audit, AuditAftermath, testing::ValuesIn(faults_afterwards()),
                         [](const auto& tested) { return tested.param.name; });

TEST(Audit, AddsUpEachCurrency) {
  auto effects = clean_effects();
  effects["carts"]["card"]["currency"] = "KWD";
  effects["payments"]["card"]["currency"] = "KWD";
  effects["sums"] = {{"KWD", {{"captured_minor", 1599}}}};
  EXPECT_TRUE(audit(trips(), effects).clean()) << audit(trips(), effects).table();
  effects["sums"] = {{"KWD", {{"captured_minor", 1600}}}, {"USD", {{"captured_minor", 1}}}};
  EXPECT_THAT(audit(trips(), effects).differences,
              ElementsAre(Difference{"", "captured 1600 KWD in minor units in all, expected 1599"},
                          Difference{"", "captured 1 USD in minor units in all, expected 0"}));
}

TEST(Audit, TakesAPartlyAuthorisedTripForHeldWhereNoLedgerSaysSo) {
  auto effects = clean_effects();
  effects["payments"]["card"] = {{"asked_minor", 1599}, {"authorised_minor", 799}};
  effects["records"].erase("card");
  const auto result = audit(trips(), effects);
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.held, 1U);
}

TEST(Audit, WantsOneCheckoutAndNoChargeWhereTheBoxChecksOut) {
  auto effects = clean_effects();
  effects["payments"] = json::object();
  effects["records"] = json::object();
  effects["checkouts"] = {{"card", {{"effects", 1}, {"total_minor", 1599}, {"currency", "USD"}}}};
  const AuditOptions options{.settlement = AuditedSettlement::checkout};
  const auto result = audit(trips(), effects, options);
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.checked_out, 1U);
  effects["checkouts"]["card"]["total_minor"] = 1;
  EXPECT_THAT(
      audit(trips(), effects, options).differences,
      ElementsAre(Difference{"card", "checked out 1 USD in minor units, expected 1599 USD"}));
  effects["checkouts"].erase("card");
  EXPECT_THAT(audit(trips(), effects, options).differences,
              ElementsAre(Difference{"card", "not checked out"}));
}

class AuditFault : public testing::TestWithParam<Fault> {};

TEST_P(AuditFault, IsFoundAndNothingElse) {
  auto effects = clean_effects();
  GetParam().happen(effects);
  const auto result = audit(trips(), effects);
  EXPECT_THAT(result.differences, ElementsAre(GetParam().difference));
}

INSTANTIATE_TEST_SUITE_P(Audit, AuditFault, testing::ValuesIn(faults()),
                         [](const auto& tested) { return tested.param.name; });

TEST(Audit, WantsNoCaptureOfADeclinedTrip) {
  auto effects = clean_effects();
  effects["payments"]["card"] = {{"captures", 0}, {"declined", true}};
  effects["records"]["card"]["status"] = "DECLINED";
  const auto result = audit(trips(), effects);
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_EQ(result.declined, 1U);
  EXPECT_EQ(result.to_capture, 0U);
  effects["payments"]["card"]["captures"] = 1;
  EXPECT_THAT(audit(trips(), effects).differences,
              ElementsAre(Difference{"card", "declined, and yet captured"}));
}

TEST(Audit, LeavesPaymentsAloneWhereTheBoxDoesNotSettle) {
  auto effects = clean_effects();
  effects["payments"] = json::object();
  effects["records"] = json::object();
  EXPECT_FALSE(audit(trips(), effects).clean());
  EXPECT_TRUE(audit(trips(), effects, {.settlement = AuditedSettlement::none}).clean());
}

TEST(Audit, TakesALateCartOfAnUnacknowledgedTripForWell) {
  auto effects = clean_effects();
  effects["carts"]["lost"] = {{"effects", 1}};
  EXPECT_TRUE(audit(trips(), effects).clean());
}

}  // namespace
}  // namespace gatehouse::simulator
