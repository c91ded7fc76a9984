// The local API over real sockets and a real ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string charge_json = R"({"amount":"15.99","code":"USD"})";

class LocalApiTest : public testing::Test {
 protected:
  static ProcessFacts well() {
    ProcessFacts facts = good_day().process;
    facts.sync.feed.position.synced_at = SystemClock().wall();
    return facts;
  }
  RunningLocalApi api{well()};

  json read_json(const std::string& target) {
    const auto reply = api.read("GET", target);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    EXPECT_EQ(reply.content_type, "application/json");
    return json::parse(reply.body);
  }
};

TEST_F(LocalApiTest, TellsTheStatusWithTheLedgersCounts) {
  api.add_trip("T-1");
  api.add_app_trip("T-2");
  const json status = read_json("/local/v1/status");
  EXPECT_EQ(status["storeId"], "STORE-7");
  EXPECT_EQ(status["ledger"]["trips"], 2);
  EXPECT_EQ(status["deliveries"]["pending"], 2);
  EXPECT_EQ(status["settlement"]["awaitingPrice"], 1);
  EXPECT_EQ(status["health"], "ok");
}

TEST_F(LocalApiTest, AnswersWithoutALedgerAndSaysWhyThereIsNone) {
  ProcessFacts facts = well();
  facts.ledger_open = false;
  facts.ledger_trouble = "ledger.db: the file is damaged";
  const RunningLocalApi without{facts, sync::SettlementMode::payment, "this is no ledger"};
  const json status = json::parse(without.read("GET", "/local/v1/status").body);
  EXPECT_EQ(status["health"], "critical");
  EXPECT_EQ(status["ledger"]["open"], false);
  ASSERT_EQ(status["warnings"].size(), 1U) << status["warnings"].dump();
  EXPECT_EQ(status["warnings"][0]["code"], "ledger_not_open");
  EXPECT_THAT(without.read("GET", "/metrics").body, HasSubstr("gatehouse_ledger_open 0"));
  EXPECT_THAT(without.read("GET", "/metrics").body, Not(HasSubstr("gatehouse_ledger_trips")))
      << "what cannot be counted is not 0";
  EXPECT_EQ(without.read("GET", "/").status, 200U);
  EXPECT_EQ(without.read("GET", "/readyz").status, 503U);
  EXPECT_EQ(without.read("GET", "/readyz/carts").status, 503U);
  EXPECT_EQ(without.read("GET", "/readyz/scans").status, 200U);
  EXPECT_EQ(status["parts"][2]["part"], "ledger");
  EXPECT_EQ(status["parts"][2]["state"], "failed");
  EXPECT_EQ(status["parts"][2]["code"], "ledger_not_open");
  EXPECT_THAT(without.read("GET", "/metrics").body,
              HasSubstr("gatehouse_part_state{part=\"ledger\"} 2"));
  for (const char* target : {"/local/v1/trips/T-1", "/local/v1/records"}) {
    const auto reply = without.read("GET", target);
    EXPECT_EQ(reply.status, 503U) << target;
    EXPECT_THAT(reply.body, HasSubstr("the ledger is not open: ")) << target;
  }
  const auto change = without.control("POST", "/local/v1/trips/T-1/charge", charge_json);
  EXPECT_EQ(change.status, 503U) << change.body;
}

TEST_F(LocalApiTest, ShowsATripWhateverItsIdLooksLike) {
  api.add_trip("a/b c%?\xc3\xa9");
  const json trip = read_json("/local/v1/trips/a%2Fb%20c%25%3F%C3%A9");
  EXPECT_EQ(trip["tripId"], "a/b c%?\xc3\xa9");
  EXPECT_EQ(trip["entry"], "card");
  EXPECT_EQ(trip["settlement"]["state"], "awaiting_price");
  EXPECT_EQ(trip["deliveries"].size(), 1U);
  EXPECT_EQ(trip["cartBytes"], 2);
}

TEST_F(LocalApiTest, SaysThatThereIsNoSuchTrip) {
  const auto reply = api.read("GET", "/local/v1/trips/T-9");
  EXPECT_EQ(reply.status, 404U);
  EXPECT_THAT(reply.body, StartsWith(R"({"errorMsg":"no such trip)"));
}

TEST_F(LocalApiTest, PagesThroughTheRecords) {
  for (const auto* trip : {"T-1", "T-2", "T-3"}) api.add_app_trip(trip);
  const json first = read_json("/local/v1/records?limit=2");
  ASSERT_EQ(first["records"].size(), 2U);
  EXPECT_EQ(first["records"][0]["tripId"], "T-1");
  EXPECT_EQ(first["next"], first["records"][1]["id"]);
  const json second = read_json("/local/v1/records?limit=2&after=" + first["next"].dump());
  ASSERT_EQ(second["records"].size(), 1U);
  EXPECT_EQ(second["records"][0]["tripId"], "T-3");
  EXPECT_TRUE(second["next"].is_null());
}

TEST_F(LocalApiTest, ListsTheRecordsOfOneState) {
  api.add_app_trip("T-1");
  api.add_app_trip("T-2");
  api.set_aside(1, "status 422");
  const json page = read_json("/local/v1/records?state=set_aside");
  ASSERT_EQ(page["records"].size(), 1U);
  EXPECT_EQ(page["records"][0]["reason"], "status 422");
  EXPECT_EQ(read_json("/local/v1/records?state=delivered")["records"].size(), 0U);
  EXPECT_EQ(read_json("/local/v1/records?state=")["records"].size(), 2U);
}

TEST_F(LocalApiTest, RefusesAQueryThatItDoesNotUnderstand) {
  for (const auto* query : {"state=lost", "limit=0", "limit=501", "limit=x", "limit=", "after=-1",
                            "after=1x", "page=2"}) {
    const auto reply = api.read("GET", std::string("/local/v1/records?") + query);
    EXPECT_EQ(reply.status, 400U) << query;
    EXPECT_THAT(reply.body, HasSubstr("expected ")) << query;
  }
}

TEST_F(LocalApiTest, PricesATripOnce) {
  api.add_trip("T-1");
  const std::string path = "/local/v1/trips/T-1/charge";
  const auto priced = api.control("POST", path, charge_json);
  EXPECT_EQ(priced.status, 200U);
  EXPECT_EQ(json::parse(priced.body)["outcome"], "priced");
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["amount"]["amount"], "15.99");

  const auto again = api.control("POST", path, R"({"amount":"15.990","code":"USD","x":1})");
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(json::parse(again.body)["outcome"], "identical");
  EXPECT_EQ(api.control("POST", path, R"({"amount":"16","code":"USD"})").status, 409U);
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["amount"]["amount"], "15.99");
}

TEST_F(LocalApiTest, DoesNotPriceWhatItDoesNotSettleOrKnow) {
  api.add_app_trip("T-1");
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-1/charge", charge_json).status, 409U);
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-9/charge", charge_json).status, 404U);
}

TEST_F(LocalApiTest, RefusesAPriceThatIsNone) {
  api.add_trip("T-1");
  for (const auto* body :
       {"", "x", "[]", "null", "{}", R"({"amount":15.99,"code":"USD"})", R"({"amount":"15.99"})",
        R"({"amount":"1e3","code":"USD"})", R"({"amount":"-1","code":"USD"})",
        R"({"amount":"15.999","code":"USD"})", R"({"amount":"1","code":"dollars"})",
        R"({"amount":"1","code":7})", R"({"amount":"1.00","code":"USD","amount":"900.00"})",
        "{\"amount\":\"\xff\",\"code\":\"USD\"}"}) {
    const auto reply = api.control("POST", "/local/v1/trips/T-1/charge", body);
    EXPECT_EQ(reply.status, 400U) << body;
    EXPECT_THAT(reply.body, StartsWith(R"({"errorMsg":")")) << body;
  }
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["state"], "awaiting_price");
}

TEST_F(LocalApiTest, RetriesARecordThatWasSetAside) {
  api.add_app_trip("T-1");
  api.set_aside(1, "status 422");
  const auto reply = api.control("POST", "/local/v1/records/1/retry");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(json::parse(reply.body),
            json::parse(R"({"id":1,"outcome":"due","when":"now","whenText":"now"})"));
  EXPECT_EQ(read_json("/local/v1/records?state=pending")["records"].size(), 1U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/99/retry").status, 404U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/x/retry").status, 400U);
}

TEST_F(LocalApiTest, LetsWithheldChargesGoOnWhenAPersonAcceptsTheLedger) {
  const std::string path = "/local/v1/ledger/accept";
  EXPECT_EQ(api.control("POST", path).status, 409U) << "there is nothing to accept";
  api.add_trip("T-1");
  api.add_trip("T-2");
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-1/charge", charge_json).status, 200U);
  api.lose_history();
  const json status = read_json("/local/v1/status");
  EXPECT_EQ(status["health"], "critical");
  EXPECT_EQ(status["warnings"][0]["code"], "ledger_history_lost");
  EXPECT_EQ(status["ledger"]["gap"]["kind"], "behind");
  EXPECT_EQ(status["ledger"]["gap"]["expected"]["sequence"], 90);
  EXPECT_EQ(status["ledger"]["withheldCharges"],
            json::parse(R"({"count":2,"withoutPrice":1,"amounts":["15.99 USD"]})"));
  EXPECT_THAT(api.read("GET", "/metrics").body, HasSubstr("gatehouse_ledger_charges_withheld 2"));
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["withheld"], true);

  EXPECT_EQ(api.read("POST", path).status, 403U);
  EXPECT_EQ(api.control("POST", path, R"({"dryRun":"no"})").status, 400U);
  const auto dry = api.control("POST", path, R"({"dryRun":true})");
  EXPECT_EQ(dry.status, 200U);
  EXPECT_EQ(json::parse(dry.body)["accepted"], false);
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["withheld"], true);
  const auto accepted = api.control("POST", path);
  EXPECT_EQ(accepted.status, 200U) << accepted.body;
  EXPECT_EQ(json::parse(accepted.body)["withheld"]["count"], 2);
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["withheld"], false);
  EXPECT_EQ(read_json("/local/v1/status")["health"], "ok");
}

TEST_F(LocalApiTest, DeclaresTheEvidenceSoundOnlyWhereSomethingSpokeAgainstIt) {
  const std::string path = "/local/v1/ledger/evidence-sound";
  EXPECT_EQ(api.control("POST", path, "{}").status, 400U) << "somebody says so";
  EXPECT_EQ(api.control("POST", path, R"({"by":"Ann"})").status, 409U);
  EXPECT_EQ(api.read("POST", path, R"({"by":"Ann"})").status, 403U);
}

TEST_F(LocalApiTest, TakesChangesOnTheControlSocketAlone) {
  api.add_trip("T-1");
  const auto reply = api.read("POST", "/local/v1/trips/T-1/charge", charge_json);
  EXPECT_EQ(reply.status, 403U);
  EXPECT_THAT(reply.body, HasSubstr("control socket"));
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["state"], "awaiting_price");
}

TEST_F(LocalApiTest, TakesNoChangesFromSomebodyUnknown) {
  api.add_trip("T-1");
  const auto reply = api.change_over_tcp("/local/v1/trips/T-1/charge", charge_json);
  EXPECT_EQ(reply.status, 403U);
  EXPECT_THAT(reply.body, HasSubstr("group gatehouse"));
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["state"], "awaiting_price");
}

TEST_F(LocalApiTest, AsksToComeAgainWhileTheLedgerTakesNothing) {
  api.add_trip("T-1");
  api.stop_ledger();
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-1/charge", charge_json).status, 503U);
  EXPECT_EQ(api.control("POST", "/local/v1/records/1/retry").status, 503U);
}

TEST_F(LocalApiTest, IsAliveAndReady) {
  EXPECT_EQ(api.read("GET", "/healthz").body, "alive\n");
  for (const char* target : {"/readyz", "/readyz/scans", "/readyz/carts"}) {
    EXPECT_EQ(read_json(target), json::parse(R"({"ready":true,"reasons":[]})")) << target;
  }
}

/// It may stand still, and scans go on: a balancer that hears nothing would take the box out.
TEST_F(LocalApiTest, IsReadyForScansAndForCartsWithoutAskingTheDisk) {
  EXPECT_EQ(api.read("GET", "/readyz/scans").status, 200U);
  EXPECT_EQ(api.read("GET", "/readyz/carts").status, 200U);
  EXPECT_EQ(api.facts_asked(), 0);
  EXPECT_EQ(api.read("GET", "/readyz").status, 200U);
  EXPECT_EQ(api.facts_asked(), 1);
}

TEST_F(LocalApiTest, RemembersSinceWhenAPartIsAsItIs) {
  const json first = read_json("/local/v1/status")["parts"];
  EXPECT_FALSE(first[0]["since"].is_null());
  EXPECT_EQ(read_json("/local/v1/status")["parts"][0]["since"], first[0]["since"]);
}

TEST_F(LocalApiTest, ListsTheChargesInOneStateWithTheirReasons) {
  for (const auto* trip : {"T-1", "T-2", "T-3"}) api.add_trip(trip);
  const std::string zero = R"({"amount":"0.00","code":"USD"})";
  EXPECT_THAT(api.control("POST", "/local/v1/trips/T-2/charge", zero).body, HasSubstr("held"));
  const json held = read_json("/local/v1/trips?state=held");
  ASSERT_EQ(held["trips"].size(), 1U);
  EXPECT_EQ(held["trips"][0]["tripId"], "T-2");
  EXPECT_THAT(std::string(held["trips"][0]["reason"]), HasSubstr("--free"));
  EXPECT_TRUE(held["next"].is_null());
  const json waiting = read_json("/local/v1/trips?state=awaiting_price&limit=1");
  ASSERT_EQ(waiting["trips"].size(), 1U);
  const json rest =
      read_json("/local/v1/trips?state=awaiting_price&after=" + waiting["next"].dump());
  ASSERT_EQ(rest["trips"].size(), 1U);
  EXPECT_EQ(rest["trips"][0]["tripId"], "T-3");
  for (const auto* wrong : {"", "?state=unknown", "?state=pending", "?state=held&limit=0"}) {
    EXPECT_EQ(api.read("GET", std::string("/local/v1/trips") + wrong).status, 400U) << wrong;
  }
}

TEST_F(LocalApiTest, TakesAPriceOfNothingOnlyWhereItIsSaidToBeMeant) {
  api.add_trip("T-1");
  const auto price = [this](const std::string& body) {
    return api.control("POST", "/local/v1/trips/T-1/charge", body);
  };
  EXPECT_EQ(price(R"({"amount":"0.00","code":"USD","free":"yes"})").status, 400U);
  EXPECT_EQ(json::parse(price(R"({"amount":"0.00","code":"USD","free":true})").body)["outcome"],
            "priced");
  EXPECT_EQ(read_json("/local/v1/trips/T-1")["settlement"]["state"], "cancel_due");
}

TEST(LocalApi, SaysWhyItIsNotReady) {
  const RunningLocalApi api{ProcessFacts{}};
  const auto reply = api.read("GET", "/readyz");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(json::parse(reply.body)["reasons"][0], "the gate is not listening");
  EXPECT_EQ(api.read("GET", "/healthz").status, 200U);
}

TEST_F(LocalApiTest, ServesMetricsAndTheStatusPage) {
  api.add_app_trip("T-1");
  const auto metrics = api.read("GET", "/metrics");
  EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(metrics.body, HasSubstr("gatehouse_ledger_trips 1\n"));
  const auto page = api.read("GET", "/");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("<td>trips</td><td>1</td>"));
}

TEST_F(LocalApiTest, AnswersWrongPathsAndMethodsWithAnError) {
  EXPECT_EQ(api.read("GET", "/nothing").status, 404U);
  EXPECT_EQ(api.read("GET", "/%zz").status, 400U);
  const auto wrong = api.read("DELETE", "/local/v1/status");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.allow, "GET, HEAD");
  EXPECT_EQ(api.control("GET", "/local/v1/records/1/retry").allow, "POST");
}

}  // namespace
}  // namespace gatehouse::local
