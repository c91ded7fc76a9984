#include "sync/amazon/payments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/amazon/payment_record.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;

store::Settlement settlement() {
  store::Settlement made;
  made.trip_id = "trip-1";
  made.purchase_id = "purchase-1";
  made.amount = Money{1590, "USD"};
  return made;
}

Reply answered(int status, std::string body = "") {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

PaymentAnswer read(Call call, const Reply& reply) {
  return read_payment_answer(call, Money{1590, "USD"}, reply);
}

constexpr std::array calls{Call::adjust, Call::capture, Call::cancel, Call::transactional_data};

TEST(PaymentRequest, PrintsTheAmountAsANumberWithTheDigitsOfItsCurrency) {
  const JwoOptions jwo{.payments_url = "https://payments.test/", .region = "eu-west-1"};
  const auto request =
      payment_request(jwo, {"id", "secret", "token"}, "STORE-001", settlement(), Call::adjust);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://payments.test/v1/adjust/charge");
  EXPECT_EQ(request.body, R"({"storeId":"STORE-001","shoppingTripId":"trip-1",)"
                          R"("amount":{"amount":15.90,"code":"USD"}})");
  ASSERT_TRUE(request.signing);
  EXPECT_EQ(request.signing->service, "execute-api");
  EXPECT_EQ(request.signing->region, "eu-west-1");
  EXPECT_EQ(request.signing->session_token, "token");
}

TEST(PaymentRequest, HasThePathAndBodyOfItsCall) {
  const JwoOptions jwo{.payments_url = "https://payments.test", .region = "us-east-1"};
  const auto request = [&](Call call) {
    return payment_request(jwo, {}, "STORE-001", settlement(), call);
  };
  EXPECT_EQ(request(Call::capture).url, "https://payments.test/v1/capture/charge");
  EXPECT_EQ(request(Call::capture).body, request(Call::adjust).body);
  EXPECT_EQ(request(Call::cancel).url, "https://payments.test/v1/cancel/charge");
  EXPECT_EQ(request(Call::cancel).body, R"({"storeId":"STORE-001","shoppingTripId":"trip-1"})");
  EXPECT_EQ(request(Call::transactional_data).url,
            "https://payments.test/v1/payment/transactional-data");
  EXPECT_EQ(request(Call::transactional_data).body, request(Call::cancel).body);
}

TEST(PaymentRequest, WaitsLongerThanApiGatewayForItsService) {
  const JwoOptions jwo{.payments_url = "https://payments.test", .checkout_url = "https://c.test"};
  for (const Call call : {Call::adjust, Call::capture, Call::cancel, Call::transactional_data,
                          Call::checkout, Call::shopper_identity}) {
    const auto request = payment_request(jwo, {}, "STORE-001", settlement(), call);
    EXPECT_EQ(request.timeout, std::chrono::seconds(35)) << to_text(call);
  }
}

TEST(PaymentRequest, NamesTheStoreOfTheTripAndThatOfTheBoxOnlyWhereTheTripHasNone) {
  const JwoOptions jwo{.payments_url = "https://payments.test"};
  auto elsewhere = settlement();
  elsewhere.store_id = "STORE-OLD";
  for (const Call call : {Call::adjust, Call::capture, Call::cancel, Call::transactional_data,
                          Call::shopper_identity}) {
    EXPECT_THAT(payment_request(jwo, {}, "STORE-001", elsewhere, call).body,
                HasSubstr(R"("storeId":"STORE-OLD")"))
        << to_text(call);
    EXPECT_THAT(payment_request(jwo, {}, "STORE-001", settlement(), call).body,
                HasSubstr(R"("storeId":"STORE-001")"))
        << to_text(call);
  }
}

TEST(PaymentRequest, PrintsYenWithoutAPoint) {
  auto yen = settlement();
  yen.amount = Money{1200, "JPY"};
  const auto request = payment_request({}, {}, "S", yen, Call::capture);
  EXPECT_NE(request.body.find(R"("amount":1200,)"), std::string::npos);
}

TEST(AdjustAnswer, IsReadByItsStatus) {
  const auto event = [](std::string body) { return read(Call::adjust, answered(200, body)).event; };
  EXPECT_EQ(event(R"({"status":"APPROVED","authorizedAmount":{"amount":15.90,"code":"USD"}})"),
            Event::approved);
  EXPECT_EQ(event(R"({"status":"APPROVED","authorizedAmount":{"amount":15.9,"code":"USD"}})"),
            Event::approved);
  EXPECT_EQ(event(R"({"status":"APPROVED","new":[1]})"), Event::approved);
  EXPECT_EQ(event(R"({"status":"DECLINED","authorizedAmount":{"amount":0,"code":"USD"}})"),
            Event::declined);
  EXPECT_EQ(event(R"({"status":"PENDING","authorizedAmount":{"amount":15.90,"code":"USD"}})"),
            Event::pending);
}

TEST(AdjustAnswer, IsHeldWhereLessOrAnotherCurrencyWasApproved) {
  for (const auto* amount : {R"({"amount":15.89,"code":"USD"})", R"({"amount":15.90,"code":"EUR"})",
                             R"({"amount":null,"code":"USD"})", R"({})"}) {
    const auto body = std::string(R"({"status":"APPROVED","authorizedAmount":)") + amount + "}";
    EXPECT_EQ(read(Call::adjust, answered(200, body)).event, Event::approved_partly) << amount;
  }
}

TEST(AdjustAnswer, IsNoneWhereItSaysSomethingTwice) {
  for (
      const auto* body :
      {R"({"status":"DECLINED","status":"APPROVED"})",
       R"({"status":"APPROVED","status":"APPROVED"})",
       R"({"status":"APPROVED","authorizedAmount":{"amount":5,"amount":15.90,"code":"USD"}})",
       R"({"status":"APPROVED","authorizedAmount":{"amount":5,"code":"USD"},"authorizedAmount":null})"}) {
    const auto answer = read(Call::adjust, answered(200, body));
    EXPECT_EQ(answer.event, Event::unclear) << body;
    EXPECT_FALSE(answer.well);
  }
}

TEST(AdjustAnswer, IsNoneWhereItsAmountIsNoAmount) {
  for (const auto* amount : {"15.90", R"("15.90")", "[]", "true"}) {
    const auto body = std::string(R"({"status":"APPROVED","authorizedAmount":)") + amount + "}";
    EXPECT_EQ(read(Call::adjust, answered(200, body)).event, Event::unclear) << amount;
  }
}

TEST(AdjustAnswer, IsHeldForLessWhateverOtherMembersAreCalled) {
  const auto* body = R"({"status":"APPROVED","authorizedAmount":{"amount":5.00,"code":"USD"},)"
                     R"("authorizedAmount.amount":15.90})";
  EXPECT_EQ(read(Call::adjust, answered(200, body)).event, Event::approved_partly);
}

TEST(AdjustAnswer, MayCarryAnyExactNumber) {
  const auto* body = R"({"status":"APPROVED","authorizedAmount":{"amount":1.59E1,"code":"USD"}})";
  EXPECT_EQ(read(Call::adjust, answered(200, body)).event, Event::approved);
}

TEST(PaymentAnswer, IsUnclearWhereWhatIsReadFromItIsSaidTwice) {
  for (const auto call : calls) {
    const bool nothing_is_read = call == Call::capture || call == Call::cancel;
    for (const auto* body : {R"({"orderId":"1","orderId":"2"})", R"({"a":{"b":1,"b":1}})",
                             R"({"reconciliationId":"A","reconciliationId":"B"})"}) {
      const auto answer = read(call, answered(200, body));
      EXPECT_EQ(answer.event, nothing_is_read ? Event::accepted : Event::unclear)
          << to_text(call) << body;
      EXPECT_EQ(answer.reason.contains("two members of one name"), !nothing_is_read) << body;
    }
    EXPECT_EQ(read(call, answered(200, R"({"error":"x","error":null})")).event, Event::unclear);
  }
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_THAT(read(Call::adjust, answered(200, deep)).reason, HasSubstr("longer or deeper"));
}

TEST(PaymentAnswer, IsNoSuccessWithTheWrongBody) {
  for (const auto call : calls) {
    for (const auto* body : {"<html>captive portal</html>", R"({"errorMsg":"BadRequestException"})",
                             R"({"message":"Forbidden"})", R"({"Message":null,"message":"x"})",
                             R"({"errorMsg":{"a":1},"status":"APPROVED"})"}) {
      const auto answer = read(call, answered(200, body));
      EXPECT_EQ(answer.event, Event::unclear) << to_text(call) << ' ' << body;
      EXPECT_FALSE(answer.well);
    }
  }
  for (const auto* body : {"", "{}", "[]", "OK", "{", R"({"status":"MAYBE"})", R"({"status":1})"}) {
    EXPECT_EQ(read(Call::adjust, answered(200, body)).event, Event::unclear) << body;
  }
  EXPECT_EQ(read(Call::transactional_data, answered(200)).event, Event::unclear);
}

TEST(PaymentAnswer, OfCaptureAndCancelIsDoneWithAny2xxThatIsNoErrorAndNoPage) {
  for (const auto call : {Call::capture, Call::cancel}) {
    for (const int status : {200, 201, 202, 204, 299}) {
      for (const auto* body :
           {"", " \r\n", "{}", R"({"new":"field"})", "[]", "true", "OK", "{", "null", "x<html>",
            R"({"errorMsg":null,"error":"","errors":false})", R"({"status":500})"}) {
        const auto answer = read(call, answered(status, body));
        EXPECT_EQ(answer.event, Event::accepted) << status << ' ' << body;
        EXPECT_TRUE(answer.well);
      }
      for (const auto* body : {"<", " \n\t<html>", "\xEF\xBB\xBF<!DOCTYPE html>",
                               R"({"errors":[]})", R"({"title":"x","status":500})"}) {
        EXPECT_EQ(read(call, answered(status, body)).event, Event::unclear)
            << status << ' ' << body;
      }
    }
  }
}

TEST(AdjustAnswer, CountsWithAny2xxThatSaysWhatItIs) {
  EXPECT_EQ(read(Call::adjust, answered(201, R"({"status":"APPROVED"})")).event, Event::approved);
  EXPECT_EQ(read(Call::adjust, answered(202)).event, Event::unclear);
}

TEST(TransactionalData, ShowsAReconciliationIdOrNone) {
  const std::string with = "\xEF\xBB\xBF {\"brand\":\"VISA\",\"reconciliationId\":\"A1\"}\n";
  const auto data = [](const std::string& body) {
    return read(Call::transactional_data, answered(200, body));
  };
  EXPECT_EQ(data(with).event, Event::reconciled);
  EXPECT_EQ(data(with).reconciliation_id, "A1");
  EXPECT_EQ(data(R"({"reconciliationId":12})").reconciliation_id, "12");
  for (const auto* none : {R"({"brand":"VISA"})", R"({"reconciliationId":""})",
                           R"({"reconciliationId":" "})", R"({"reconciliationId":null})"}) {
    EXPECT_EQ(data(none).event, Event::details) << none;
    EXPECT_EQ(data(none).reconciliation_id, "") << none;
  }
  EXPECT_EQ(data(R"({"brand":"VISA","reconciliationId":["A1"]})").event, Event::unclear);
  EXPECT_EQ(data(with).details, R"({"brand":"VISA","reconciliationId":"A1"})");
}

TEST(PaymentAnswer, ThatWasNotSentDidNothingAndMeetsEveryTrip) {
  for (const auto call : calls) {
    const auto answer = read(call, Reply{});
    EXPECT_EQ(answer.event, Event::not_done);
    EXPECT_TRUE(answer.certain);
  }
}

TEST(PaymentAnswer, ThatDidNotComeIsUnclear) {
  Reply reply;
  reply.sent = Sent::maybe;
  for (const auto call : calls) EXPECT_EQ(read(call, reply).event, Event::unclear);
}

TEST(PaymentAnswer, HasAnEventForEveryStatus) {
  for (const auto call : calls) {
    for (int status = 100; status < 600; ++status) {
      if (status == 200) continue;
      Event expected = Event::unclear;
      const bool done = status / 100 == 2 && (call == Call::capture || call == Call::cancel);
      if (done) expected = Event::accepted;
      if (status >= 300 && status < 400) expected = Event::not_done;
      if (status >= 400 && status < 500) expected = Event::refused;
      for (const int gateway : {401, 403, 404, 405, 407, 421, 425, 429, 451}) {
        if (status == gateway) expected = Event::not_done;
      }
      if (status == 303 || status == 408 || status == 409) expected = Event::unclear;
      const auto answer = read(call, answered(status));
      EXPECT_EQ(answer.event, expected) << to_text(call) << ' ' << status;
      EXPECT_EQ(answer.well, expected == Event::refused || done) << status;
      EXPECT_EQ(answer.reason.empty(), done) << status;
      EXPECT_EQ(answer.throttled, status == 429);
    }
  }
}

TEST(PaymentAnswer, TellsAnUnknownTripFromAnyOtherBadRequest) {
  const auto answer = read(Call::adjust, answered(400, R"({"errorMsg":"UnknownShoppingTrip"})"));
  EXPECT_EQ(answer.event, Event::unknown_trip);
  const auto other = read(Call::adjust, answered(400, R"({"errorMsg":"BadRequestException"})"));
  EXPECT_EQ(other.event, Event::refused);
  EXPECT_NE(other.reason.find("BadRequestException"), std::string::npos);
}

TEST(PaymentAnswer, RepeatsNothingOfABodyThatMayQuoteTheRequest) {
  const std::string secret = "x-amz-security-token:IQoJb3JpZ2luX2VjE";
  for (const int status : {400, 403}) {
    for (const auto* key : {"errorMsg", "message"}) {
      const auto body =
          std::string("{\"") + key + "\":\"The request signature we calculated " + secret + "\"}";
      EXPECT_EQ(read(Call::adjust, answered(status, body)).reason.find("IQoJ"), std::string::npos);
    }
  }
}

TEST(PaymentAnswer, ThatRefusesTheKeysDidNothingWhateverItsStatus) {
  for (const auto call : {Call::adjust, Call::capture, Call::cancel, Call::checkout}) {
    for (const int status : {400, 403, 409, 422}) {
      Reply reply = answered(status, R"({"message":"The security token is expired"})");
      reply.error_type = "ExpiredTokenException";
      const auto answer = read(call, reply);
      EXPECT_EQ(answer.event, Event::not_done) << status;
      EXPECT_TRUE(answer.certain) << status;
      EXPECT_NE(answer.reason.find("credentials have expired"), std::string::npos) << answer.reason;
    }
  }
}

TEST(PaymentAnswer, SaysWhatA403MayMean) {
  const auto reason = [](const std::string& message) {
    return read(Call::adjust, answered(403, "{\"message\":\"" + message + "\"}")).reason;
  };
  EXPECT_NE(reason("Signature expired: 20250502T000518Z").find("clock"), std::string::npos);
  EXPECT_NE(reason("The security token included in the request is expired").find("renew"),
            std::string::npos);
  EXPECT_NE(reason("The security token included in the request is invalid.").find("not valid"),
            std::string::npos);
  EXPECT_NE(reason("User: arn:aws:iam::1:role/x is not authorized to perform: execute-api:Invoke")
                .find("execute-api:Invoke"),
            std::string::npos);
  EXPECT_NE(reason("Missing Authentication Token").find("payments_url"), std::string::npos);
  EXPECT_NE(reason("Forbidden").find("allow-listed"), std::string::npos);
}

TEST(PaymentRecord, TellsHowTheChargeEnded) {
  auto captured = settlement();
  captured.state = store::SettlementState::captured;
  EXPECT_EQ(payment_record("STORE-001", captured, R"({"brand":"VISA","tail":"1234"})",
                           from_unix_ms(1'746'144'318'007)),
            R"({"tripId":"trip-1","purchaseId":"purchase-1","storeId":"STORE-001",)"
            R"("status":"CAPTURED","amount":{"amount":"15.90","code":"USD"},)"
            R"("transactionalData":{"brand":"VISA","tail":"1234"},)"
            R"("settledAt":"2025-05-02T00:05:18.007Z"})");
}

TEST(PaymentRecord, LeavesOutWhatThereIsNot) {
  auto cancelled = settlement();
  cancelled.state = store::SettlementState::cancelled;
  cancelled.amount.reset();
  cancelled.purchase_id.clear();
  EXPECT_EQ(payment_record("S", cancelled, "", from_unix_ms(0)),
            R"({"tripId":"trip-1","purchaseId":"","storeId":"S","status":"CANCELLED",)"
            R"("settledAt":"1970-01-01T00:00:00.000Z"})");
}

}  // namespace
}  // namespace gatehouse::sync
