#include "sync/amazon/amazon_lane.hpp"

#include <gtest/gtest.h>

#include "sync/amazon/answer_proof.hpp"

namespace gatehouse::sync {
namespace {

using store::DeliveryKind;
using State = store::SettlementState;

const JwoOptions jwo{.settlement = SettlementMode::payment,
                     .payments_url = "https://payments.test/",
                     .feedback_url = "https://feedback.test",
                     .region = "eu-west-1"};
const AwsCredentials aws{"id", "secret", "token"};

store::Delivery delivery(DeliveryKind kind) {
  store::Delivery made;
  made.trip_id = "T1";
  made.purchase_id = "p-1";
  made.kind = kind;
  made.payload = "{}";
  return made;
}

Verdict judged(DeliveryKind kind, int status, std::string body) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  return AmazonLane(jwo, aws).judge(delivery(kind), reply).verdict;
}

TEST(AmazonLane, SignsEachKindToItsOwnPath) {
  const AmazonLane lane(jwo, aws);
  auto refund = delivery(DeliveryKind::refund);
  const Request to_refund = lane.request(refund);
  EXPECT_EQ(to_refund.url, "https://payments.test/v1/refund");
  ASSERT_TRUE(to_refund.signing);
  EXPECT_EQ(to_refund.signing->region, "eu-west-1");
  EXPECT_EQ(to_refund.signing->session_token, "token");
  EXPECT_EQ(refund.payload, "{}") << "it is needed again for the refund record";
  auto report = delivery(DeliveryKind::payment_status);
  EXPECT_EQ(lane.request(report).url, "https://feedback.test/v1/feedback/payment-status");
}

TEST(AmazonLane, LetsReportsWaitForTheirHostAndNoRefundWithThem) {
  auto options = jwo;
  options.report_payment_status = true;
  options.feedback_url = "";
  const AmazonLane reports(options, aws, store::Lane::feedback);
  EXPECT_TRUE(reports.configured());
  EXPECT_TRUE(reports.what_is_missing().contains("jwo.feedback_url"));
  EXPECT_EQ(AmazonLane(options, aws).what_is_missing(), "");
  options.report_payment_status = false;
  EXPECT_FALSE(AmazonLane(options, aws, store::Lane::feedback).configured());
}

TEST(AmazonLane, WaitsLongerThanApiGatewayForItsService) {
  for (const auto kind : {DeliveryKind::refund, DeliveryKind::payment_status}) {
    auto made = delivery(kind);
    EXPECT_EQ(AmazonLane(jwo, aws).request(made).timeout, std::chrono::seconds(35));
  }
}

TEST(AmazonLane, TakesBothDocumentedAnswersToARefund) {
  EXPECT_EQ(judged(DeliveryKind::refund, 200, ""), Verdict::delivered);
  EXPECT_EQ(judged(DeliveryKind::refund, 200, R"({"reconciliationId":"R"})"), Verdict::delivered);
}

TEST(AmazonLane, SaysWhereAnAnswerSaysSomethingTwice) {
  for (const auto kind : {DeliveryKind::refund, DeliveryKind::payment_status}) {
    Reply reply;
    reply.sent = Sent::answered;
    reply.status = 200;
    reply.body = R"({"status":"Accepted","status":"Accepted"})";
    const Judgement judgement = AmazonLane(jwo, aws).judge(delivery(kind), reply);
    EXPECT_EQ(judgement.verdict, Verdict::retry);
    EXPECT_NE(judgement.reason.find("two members of one name"), std::string::npos);
  }
}

TEST(AmazonLane, TakesEverySuccessThatNothingContradictsForARefund) {
  for (const int status : {200, 201, 202, 204}) {
    for (const char* body : {"", "{}", "[]", "true", "OK", R"({"errorMsg":null})"}) {
      EXPECT_EQ(judged(DeliveryKind::refund, status, body), Verdict::delivered) << status << body;
    }
    for (const char* body : {"<html>", "{", "[1", R"({"errorMsg":"X"})", R"({"errorMsg":{"a":1}})",
                             R"({"message":"X"})", R"({"errorMessage":"X"})",
                             R"({"reconciliationId":"A","reconciliationId":"B"})"}) {
      EXPECT_EQ(judged(DeliveryKind::refund, status, body), Verdict::retry) << status << body;
    }
  }
}

TEST(AmazonLane, TakesNoRefusalFromWhatStandsOnTheWay) {
  for (const auto kind : {DeliveryKind::refund, DeliveryKind::payment_status}) {
    for (const int status : {407, 421, 425, 451}) {
      EXPECT_EQ(judged(kind, status, R"({"errorMsg":"X"})"), Verdict::retry) << status;
    }
    for (const int status : {400, 410, 413, 422}) {
      for (const char* body : {"", "<html>Bad Request</html>", "Bad Request", "[]"}) {
        EXPECT_EQ(judged(kind, status, body), Verdict::retry) << status << body;
      }
      EXPECT_EQ(judged(kind, status, R"({"errorMsg":"X"})"), Verdict::refused) << status;
    }
  }
}

TEST(AmazonLane, TakesAnExceptionNamedInAHeaderForAmazonsWord) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = 400;
  reply.error_type = "BadRequestException";
  EXPECT_EQ(AmazonLane(jwo, aws).judge(delivery(DeliveryKind::refund), reply).verdict,
            Verdict::refused);
}

TEST(AmazonLane, SaysWhatWasRefusedForTheSakeOfItsTripAlone) {
  const auto of_its_trip = [](int status, const char* body) {
    Reply reply;
    reply.sent = Sent::answered;
    reply.status = status;
    reply.body = body;
    const auto judgement = AmazonLane(jwo, aws).judge(delivery(DeliveryKind::refund), reply);
    EXPECT_EQ(judgement.verdict, Verdict::refused) << body;
    return judgement.of_its_trip;
  };
  EXPECT_TRUE(of_its_trip(400, R"({"errorMsg":"UnknownShoppingTrip"})"));
  EXPECT_TRUE(of_its_trip(400, R"({"message":"ShoppingTripExpiredException"})"));
  EXPECT_FALSE(of_its_trip(400, R"({"errorMsg":"BadRequestException"})"));
  EXPECT_FALSE(of_its_trip(422, R"({"errorMsg":"UnknownShoppingTrip"})"));
}

TEST(AmazonLane, SetsNothingAsideForKeysThatHaveExpired) {
  for (const auto kind : {DeliveryKind::refund, DeliveryKind::payment_status}) {
    Reply reply;
    reply.sent = Sent::answered;
    reply.status = 400;
    reply.error_type = "ExpiredTokenException";
    const auto judgement = AmazonLane(jwo, aws).judge(delivery(kind), reply);
    EXPECT_EQ(judgement.verdict, Verdict::locked_out);
    EXPECT_NE(judgement.reason.find("credentials have expired"), std::string::npos);
    EXPECT_FALSE(judgement.unclear);
  }
}

TEST(AmazonLane, IsInDoubtAboutAConflict) {
  for (const int status : {303, 408, 409}) {
    for (const char* body : {"", "{}", R"({"errorMsg":"ConflictException"})", "<html>"}) {
      Reply reply;
      reply.sent = Sent::answered;
      reply.status = status;
      reply.body = body;
      const auto judgement = AmazonLane(jwo, aws).judge(delivery(DeliveryKind::refund), reply);
      EXPECT_TRUE(judgement.unclear) << status << body;
      EXPECT_EQ(judgement.verdict, Verdict::retry) << status << body;
      const bool in_its_words = std::string_view(body).starts_with("{");
      EXPECT_EQ(judgement.conflict == store::KeyConflict::open, status == 409 && in_its_words)
          << status << body;
    }
  }
  EXPECT_EQ(judged(DeliveryKind::payment_status, 409, R"({"errorMsg":"X"})"), Verdict::refused)
      << "the next report of the trip goes on";
  EXPECT_EQ(judged(DeliveryKind::payment_status, 409, "<html>"), Verdict::retry);
}

TEST(AmazonLane, TriesAgainWhatPassesAndSetsAsideWhatDoesNot) {
  for (const auto kind : {DeliveryKind::refund, DeliveryKind::payment_status}) {
    for (const int status : {408, 429, 500, 503}) {
      EXPECT_EQ(judged(kind, status, "{}"), Verdict::retry) << status;
    }
    for (const int status : {301, 401, 403, 404, 405}) {
      EXPECT_EQ(judged(kind, status, "{}"), Verdict::locked_out) << status;
    }
    EXPECT_EQ(judged(kind, 400, R"({"errorMsg":"BadRequestException"})"), Verdict::refused);
  }
}

TEST(AmazonLane, TakesAReportOnlyWhereItWasAccepted) {
  const auto status = [](const char* body) {
    return judged(DeliveryKind::payment_status, 200, body);
  };
  EXPECT_EQ(status(R"({"status":"Accepted"})"), Verdict::delivered);
  EXPECT_EQ(status(R"({"status":"Rejected"})"), Verdict::refused);
  EXPECT_EQ(status(R"({"status":"Rejected","errorMessage":"no such trip"})"), Verdict::refused);
  for (const char* body : {"", "{}", "<html>", R"({"status":1})", R"({"status":["Accepted"]})",
                           R"({"status":"Rejected","status":"Accepted"})",
                           R"({"status":"Accepted","status":"Rejected"})"}) {
    EXPECT_EQ(status(body), Verdict::retry) << body;
  }
}

TEST(AmazonLane, SaysWhatIsMissing) {
  EXPECT_EQ(AmazonLane(jwo, aws).what_is_missing(), "");
  EXPECT_NE(AmazonLane(jwo, {}).what_is_missing(), "");
  EXPECT_NE(AmazonLane({.settlement = SettlementMode::payment}, aws).what_is_missing(), "");
  EXPECT_FALSE(AmazonLane({}, aws).configured());
}

TEST(AmazonLane, WritesARefundAsAmazonDocumentsIt) {
  const store::NewRefund refund{.trip_id = "T1",
                                .request_id = "11111111-2222-4333-8444-555555555555",
                                .amount = Money{1200, "JPY"},
                                .reason = store::RefundReason::damaged_item};
  EXPECT_EQ(refund_request("STORE-001", refund),
            R"({"storeId":"STORE-001","shoppingTripId":"T1","amount":{"amount":1200,"code":"JPY"},)"
            R"("refundRequestId":"11111111-2222-4333-8444-555555555555",)"
            R"("refundReasonCode":"DAMAGED_ITEM"})");
}

TEST(AmazonLane, TellsTheCloudOfARefundWithItsReconciliationId) {
  const AmazonLane lane(jwo, aws);
  auto sent = delivery(DeliveryKind::refund);
  sent.payload = refund_request(
      "STORE-001", {.trip_id = "T1", .request_id = "R-1", .amount = Money{500, "USD"}});
  Reply reply;
  reply.body = R"({"reconciliationId":"REC"})";
  store::DeliveryAttempt attempt;
  attempt.at = from_unix_ms(0);
  lane.take_answer(sent, reply, attempt);
  EXPECT_EQ(attempt.refund_record,
            R"({"tripId":"T1","purchaseId":"p-1","storeId":"STORE-001","status":"REFUNDED",)"
            R"("refundRequestId":"R-1","amount":{"amount":"5.00","code":"USD"},)"
            R"("reconciliationId":"REC","settledAt":"1970-01-01T00:00:00.000Z"})");
}

TEST(PaymentStatus, IsReportedForWhatTheShopperOwesOrPaid) {
  store::Settlement settlement;
  settlement.trip_id = "T1";
  settlement.amount = Money{1599, "USD"};
  const auto report = [&settlement](State state, TimeUnit unit = TimeUnit::seconds) {
    settlement.state = state;
    return payment_status_report("S", settlement, from_unix_ms(1'500), unit);
  };
  EXPECT_EQ(report(State::captured),
            R"({"storeId":"S","shoppingTripId":"T1","totalAmount":{"amount":15.99,"code":"USD"},)"
            R"("settledAmount":{"amount":15.99,"code":"USD"},"paymentStatusTime":1})");
  EXPECT_TRUE(report(State::declined, TimeUnit::milliseconds)->ends_with("Time\":1500}"));
  EXPECT_TRUE(report(State::expired)->contains(R"("settledAmount":{"amount":0.00,)"))
      << "unpaid, until a later report";
  for (const auto state : {State::cancelled, State::written_off}) {
    EXPECT_TRUE(report(state)->contains(R"("totalAmount":{"amount":0.00,)"))
        << "nothing is asked for, and an earlier report of a debt is cleared";
  }
  settlement.charge_unclear = true;
  for (const auto state : {State::declined, State::expired, State::written_off}) {
    EXPECT_FALSE(report(state)) << "what may have been charged is no debt";
  }
  EXPECT_TRUE(report(State::captured));
  settlement.charge_unclear = false;
  settlement.amount->minor = 0;
  EXPECT_TRUE(report(State::cancelled));
  settlement.amount.reset();
  EXPECT_FALSE(report(State::captured));
}

Proof proof_of(const Judgement& judgement) {
  if (judgement.verdict == Verdict::delivered) return Proof::done;
  if (judgement.verdict == Verdict::refused) return Proof::refused;  // set aside, doubt or not
  return judgement.unclear ? Proof::unclear : Proof::no_effect;
}

TEST(AmazonLane, JudgesARefundByTheTableOfWhatAnswersProve) {
  const AmazonLane lane(jwo, aws);
  const auto agrees = [&lane](const Reply& reply) {
    EXPECT_EQ(proof_of(lane.judge(delivery(DeliveryKind::refund), reply)),
              what_it_proves(what_came_back(reply), Speaks::by_status))
        << reply.status << ' ' << reply.body;
  };
  Reply reply;
  agrees(reply);
  reply.sent = Sent::maybe;
  agrees(reply);
  reply.sent = Sent::answered;
  for (int status = 100; status < 600; ++status) {
    reply.status = status;
    reply.body = status < 300 ? "" : R"({"errorMsg":"BadRequestException"})";
    agrees(reply);
  }
  reply.status = 200;
  for (const auto* body : {R"({"errorMsg":"X"})", "<html>", R"({"reconciliationId":"R"})", "OK"}) {
    reply.body = body;
    agrees(reply);
  }
}

}  // namespace
}  // namespace gatehouse::sync
