// Charges that wait for a person: what the payments desk is told, when, and what its word does.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "sync/amazon/payment_record.hpp"
#include "sync/transport/json_document.hpp"
#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr milliseconds never = 24h * 365;

/// A record as the cloud got it.
struct Got {
  std::string key;
  std::string body;
  SteadyTime at;

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto document = JsonDocument::read_object(body);
    return std::string(document ? (*document)[name].scalar().value_or("") : "");
  }
};

class OpenQuestionTest : public SettlerTest {
 protected:
  OpenQuestionTest() {
    options.cloud.url = "https://cloud.test/";
    options.jwo.report_payment_status = true;
  }
  ~OpenQuestionTest() override { box.reset(); }  // it uses the network below

  Reply serve(const Request& request) {
    if (!request.url.starts_with("https://cloud.test/")) return amazon.handle(request);
    if (cloud_down) return simulation::answer(503);
    if (!request.url.ends_with("/records")) return simulation::answer(cart_status, cart_answer);
    std::string key;
    for (const auto& [name, value] : request.headers) {
      if (name == "Idempotency-Key") key = value;
    }
    got.push_back({key, request.body, schedule.steady()});
    return simulation::answer(200, std::exchange(next_answer, standing_answer));
  }
  bool gets(std::size_t records, milliseconds at_most) {
    return run(at_most, [&] { return got.size() >= records; });
  }
  void lose_the_answer() {
    start();
    take_trip("T1");
    plans["T1"].reconciled_after = never;
    first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
    ASSERT_TRUE(reaches("T1", State::capture_unknown, 15s));
  }
  bool pass(milliseconds time) {
    return !run(time, [] { return false; });
  }
  /// Says this in answer to the next record.
  void say(std::string answer) { next_answer = std::move(answer); }

  simulation::Network network_of_both{schedule, [this](const Request& r) { return serve(r); },
                                      [](const Request&) { return Fate{}; }};
  std::vector<Got> got;
  int cart_status = 200;
  std::string cart_answer = "{}";
  std::string next_answer = "{}";
  std::string standing_answer = "{}";
  bool cloud_down = false;

  simulation::Box& start() {
    return box.emplace(schedule, network_of_both, chance(), options, commits);
  }
  void first(std::string path, Fate fate) {
    network_of_both.set_fates(
        [path = std::move(path), fate, used = false](const Request& r) mutable {
          if (used || !r.url.ends_with(path)) return Fate{};
          used = true;
          return fate;
        });
  }
};

TEST_F(OpenQuestionTest, AboutACaptureInDoubtIsWithTheCloudWithinAMinute) {
  lose_the_answer();
  const auto since = schedule.steady();
  ASSERT_TRUE(gets(1, 1min));
  EXPECT_GT(got[0].at - since, 20s) << "what resolves by itself needs nobody";
  EXPECT_THAT(got[0].key, HasSubstr("T1:payment:")) << "and which ledger it is of";
  EXPECT_EQ(got[0].text("status"), "UNCLEAR");
  EXPECT_EQ(got[0].text("revision"), "1");
  EXPECT_THAT(got[0].body, HasSubstr(R"("amount":{"amount":"15.99","code":"USD"})"));
  EXPECT_THAT(got[0].body, HasSubstr(R"("captureCalls":[")"));
  EXPECT_THAT(got[0].body, HasSubstr(R"("decisions":["captured","not_captured","written_off"])"));
}

TEST_F(OpenQuestionTest, AboutADoubtThatResolvesInSecondsIsNotAsked) {
  lose_the_answer();
  EXPECT_TRUE(pass(20s));
  box->act("T1", OperatorAction::release_captured);
  ASSERT_TRUE(reaches("T1", State::captured, 5min));
  ASSERT_TRUE(gets(1, 5min));
  EXPECT_EQ(got[0].text("status"), "CAPTURED");
  EXPECT_EQ(got[0].text("revision"), "1");
}

TEST_F(OpenQuestionTest, IsAskedAgainAfterEachLookUnderAKeyOfItsOwn) {
  lose_the_answer();
  ASSERT_TRUE(gets(4, 1h));
  std::set<std::string> keys;
  for (const Got& each : got) {
    EXPECT_TRUE(keys.insert(each.key).second) << each.key;
  }
  EXPECT_EQ(got[1].text("looks"), "1");
  EXPECT_EQ(got[2].text("looks"), "2");
  EXPECT_NE(got[2].text("lastLookAt"), "");
  EXPECT_EQ(got[3].text("revision"), "4");
  EXPECT_TRUE(pass(24h * 3));
  EXPECT_LE(got.size(), 80U) << "once an hour";
  EXPECT_LE(box->trip("T1").deliveries.size(), 2U) << "a cart and one question";
}

TEST_F(OpenQuestionTest, TellsWhatTheLastLookHasShown) {
  start();
  take_trip("T1");
  network_of_both.set_fates([looks = 0](const Request& r) mutable -> Fate {
    if (r.url.ends_with("/capture/charge")) {
      return {.replied_after = 10s, .reply = simulation::no_answer()};
    }
    if (!r.url.ends_with("/transactional-data")) return {};
    const auto shown = R"({"terminalId":"12345678","reconciliationId":"R-1",)"
                       R"("cardStatementTransactionId":"TXN9"})";
    // The first one is before the capture: without it an id proves nothing.
    return {.arrives_after = std::nullopt,
            .reply = ++looks == 1 ? simulation::answer(503) : simulation::answer(200, shown)};
  });
  ASSERT_TRUE(gets(2, 5min));
  EXPECT_EQ(got[1].text("status"), "UNCLEAR");
  EXPECT_EQ(got[1].text("terminalId"), "12345678");
  EXPECT_EQ(got[1].text("reconciliationId"), "R-1");
  EXPECT_EQ(got[1].text("cardStatementTransactionId"), "TXN9");
  EXPECT_NE(got[1].text("reason"), "");
}

TEST_F(OpenQuestionTest, NeverPilesUpWhileTheCloudIsAway) {
  lose_the_answer();
  ASSERT_TRUE(gets(1, 1min));
  cloud_down = true;
  EXPECT_TRUE(pass(24h));
  EXPECT_LE(box->counts().pending, 1);
  cloud_down = false;
  const auto before = got.size();
  ASSERT_TRUE(gets(before + 2, 30min));
  EXPECT_EQ(got.back().text("looks"), fmt::format("{}", settlement("T1").clear_looks));
  for (std::size_t i = 0; i + 1 < got.size(); ++i) {
    for (std::size_t j = i + 1; j < got.size(); ++j) {
      if (got[i].key == got[j].key) {
        EXPECT_EQ(got[i].body, got[j].body);
      }
    }
  }
}

TEST_F(OpenQuestionTest, IsAnsweredByAPersonWhoseWordIsCarriedOut) {
  lose_the_answer();
  say(R"({"decision":"captured","by":"Ann"})");
  ASSERT_TRUE(reaches("T1", State::captured, 10min));
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
  ASSERT_TRUE(run(1min, [&] { return !got.empty() && got.back().text("status") == "CAPTURED"; }));
  EXPECT_GT(got.back().text("revision"), got.front().text("revision"));
  std::string history;
  for (const auto& entry : box->trip("T1").history) history += entry.reason + "\n";
  EXPECT_THAT(history, HasSubstr("decided at the cloud by Ann: the shopper was charged"));
}

TEST_F(OpenQuestionTest, IsAnsweredOnceHoweverOftenACloudRepeatsItself) {
  lose_the_answer();
  network_of_both.set_fates([](const Request& r) {
    if (!r.url.ends_with("/capture/charge")) return Fate{};
    return Fate{.replied_after = 10s, .reply = simulation::no_answer()};
  });
  say(R"({"decision":"not_captured","by":"Ann"})");
  standing_answer = next_answer;
  EXPECT_TRUE(pass(24h));
  EXPECT_EQ(amazon.account("T1").captures.size(), 2U) << "one word, one more capture";
  EXPECT_TRUE(settlement("T1").charge_unclear);
}

TEST_F(OpenQuestionTest, OfALaterCaptureTakesNoWordThatMayBeAboutTheFirst) {
  lose_the_answer();
  ASSERT_TRUE(gets(1, 1min));
  network_of_both.set_fates([](const Request& r) {
    if (!r.url.ends_with("/capture/charge")) return Fate{};
    return Fate{.replied_after = 10s, .reply = simulation::no_answer()};
  });
  box->act("T1", OperatorAction::release_not_captured);
  ASSERT_TRUE(run(5min, [&] { return settlement("T1").captures_sent == 2; }));
  // What the cloud has stored since the first record, and brings only now.
  say(R"({"decision":"not_captured","by":"Ann"})");
  standing_answer = next_answer;
  ASSERT_TRUE(run(10min, [&] { return box->counts().decisions_refused == 1; }));
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(amazon.account("T1").captures.size(), 2U);
  EXPECT_THAT(got.back().body, HasSubstr("it names no revision"));
  say(R"({"decision":"not_captured","by":"Ann","revision":)" + got.back().text("revision") + "}");
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(amazon.account("T1").captures.size(), 3U) << "she has said of which";
}

TEST_F(OpenQuestionTest, TellsWhyADecisionWasRefused) {
  lose_the_answer();
  say(R"({"decision":"charge","by":"Ann"})");
  ASSERT_TRUE(gets(2, 2min));
  EXPECT_THAT(got[1].body, HasSubstr(R"("refusedDecision":{"decision":"charge","by":"Ann",)"));
  EXPECT_EQ(box->counts().decisions_refused, 1);
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
}

TEST_F(OpenQuestionTest, IsAnsweredByAPersonWhoConfirmsThePrice) {
  options.jwo.charge_limit.most = "10.00";
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::held, 1min));
  say(R"({"decision":"charge","by":"Ann","confirm":true,"amount":{"amount":"15.98","code":"USD"}})");
  ASSERT_TRUE(run(3min, [&] { return box->counts().decisions_refused == 1; }));
  EXPECT_EQ(settlement("T1").state, State::held) << "that is not the price";
  say(R"({"decision":"charge","by":"Ann","confirm":true,"amount":{"amount":"15.99","code":"USD"}})");
  ASSERT_TRUE(reaches("T1", State::captured, 5min)) << "the same word of another amount is new";
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
}

TEST_F(OpenQuestionTest, IsClosedWhereAPersonWritesItOffAndIsNoDebt) {
  lose_the_answer();
  say(R"({"decision":"written_off","by":"Ann"})");
  ASSERT_TRUE(reaches("T1", State::written_off, 10min));
  ASSERT_TRUE(run(1min, [&] { return got.back().text("status") == "WRITTEN_OFF"; }));
  EXPECT_TRUE(pass(24h));
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
  for (const auto& each : box->trip("T1").deliveries) {
    EXPECT_NE(each.kind, store::DeliveryKind::payment_status);
  }
}

TEST_F(OpenQuestionTest, IsAskedOfAPriceThatCannotBeUsedAndTakesOneFromItsAnswer) {
  cart_answer = R"({"charge":{"amount":"9,99","code":"USD"}})";
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(gets(1, 1min));
  EXPECT_EQ(got[0].text("status"), "UNPRICED");
  EXPECT_THAT(got[0].text("reason"), HasSubstr("cannot be used"));
  say(R"({"charge":{"amount":"9.99","code":"USD"}})");
  ASSERT_TRUE(reaches("T1", State::captured, 10min));
}

TEST_F(OpenQuestionTest, IsAskedOfACartThatTheCloudHasFromElsewhereAndDoesNotPrice) {
  cart_status = 409;
  cart_answer = R"({"purchaseId":"p-T1"})";
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(gets(1, 1min));
  EXPECT_EQ(got[0].text("status"), "UNPRICED");
  EXPECT_THAT(got[0].text("reason"), HasSubstr("409 without a price"));
  EXPECT_EQ(box->counts().prices_unusable, 1);
  say(R"({"charge":{"amount":"9.99","code":"USD"}})");
  ASSERT_TRUE(reaches("T1", State::captured, 10min));
}

TEST_F(OpenQuestionTest, IsAskedOfACartOfWhichAnEmptyConflictSaysThatItIsThere) {
  cart_status = 409;
  cart_answer = "";
  start();
  first("/purchases", {.reply = simulation::no_answer()});
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(run(10min, [&] { return box->counts().delivered == 1; }));
  ASSERT_TRUE(gets(1, 1min));
  EXPECT_EQ(got[0].text("status"), "UNPRICED");
}

TEST_F(OpenQuestionTest, IsAskedOnceOfWhatAnotherLedgerIsToCharge) {
  cart_answer = R"({"charge":{"amount":"9.99","code":"USD","ledger":"another.1"}})";
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(gets(1, 1min));
  EXPECT_EQ(got[0].text("status"), "NOT_GRANTED");
  EXPECT_EQ(got[0].text("grantedTo"), "another.1");
  EXPECT_THAT(got[0].body,
              HasSubstr(R"("decisions":["captured","not_captured","charge","written_off"])"));
  EXPECT_TRUE(pass(24h * 3));
  EXPECT_THAT(got, SizeIs(1)) << "it is half of all trips of two boxes";
}

TEST_F(OpenQuestionTest, OfWhatIsNotGrantedTakesTheWordThatItIsChargedHere) {
  cart_answer = R"({"charge":{"amount":"9.99","code":"USD","ledger":"another.1"}})";
  start();
  take_trip("T1", State::awaiting_price);
  say(R"({"decision":"charge","by":"Ann","revision":1})");
  ASSERT_TRUE(reaches("T1", State::captured, 10min));
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
}

TEST_F(OpenQuestionTest, OfWhatIsNotGrantedTakesNoWordFromBeforeTheCloudNamedAnother) {
  cart_answer = R"({"charge":{"amount":"9.99","code":"USD","ledger":"another.1"},)"
                R"("decision":"charge","by":"Ann"})";
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(run(3min, [&] { return box->counts().decisions_refused == 1; }));
  EXPECT_TRUE(pass(1h));
  EXPECT_EQ(settlement("T1").state, State::not_granted);
  EXPECT_TRUE(amazon.account("T1").captures.empty());
  EXPECT_THAT(got.back().body, HasSubstr("newest record"));
}

TEST_F(OpenQuestionTest, OfWhatIsNotGrantedSendsNothingToThePaymentServiceOfAStoreWithCheckouts) {
  cart_answer = R"({"charge":{"amount":"9.99","code":"USD","ledger":"another.1"}})";
  start();
  take_trip("T1", State::awaiting_price);
  options.jwo.settlement = SettlementMode::checkout;  // since, of its charges alone
  box->settler().reload(options.jwo, options.aws);
  say(R"({"decision":"charge","by":"Ann","revision":1})");
  ASSERT_TRUE(reaches("T1", State::held, 10min));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("checkout cart"));
  EXPECT_EQ(amazon.account("T1").adjusts, 0);
}

TEST_F(OpenQuestionTest, OfWhatIsNotGrantedTellsWhyADecisionWasRefused) {
  cart_answer = R"({"charge":{"amount":"9.99","code":"USD","ledger":"another.1"}})";
  start();
  take_trip("T1", State::awaiting_price);
  say(R"({"decision":"refund","by":"Ann"})");
  ASSERT_TRUE(gets(2, 3min));
  EXPECT_THAT(got[1].body, HasSubstr("refusedDecision"));
}

TEST_F(OpenQuestionTest, IsAskedOfAChargeThatIsOverdue) {
  start();
  take_trip("T1", State::awaiting_price);
  EXPECT_TRUE(pass(45h));
  EXPECT_TRUE(got.empty());
  ASSERT_TRUE(gets(1, 1h + 2min));
  EXPECT_EQ(got[0].text("status"), "OVERDUE");
  EXPECT_THAT(got[0].body, HasSubstr(R"("overdue":true)"));
}

TEST_F(OpenQuestionTest, IsNotAskedForAClockThatLeapsForAMoment) {
  start();
  take_trip("T1", State::awaiting_price);
  EXPECT_TRUE(pass(1h));
  schedule.jump(48h);
  EXPECT_TRUE(pass(2s));
  schedule.jump(-48h);
  EXPECT_TRUE(pass(10min));
  EXPECT_TRUE(got.empty());
  ASSERT_TRUE(gets(1, 46h)) << "and once it is overdue, it is asked all the same";
}

TEST_F(OpenQuestionTest, CallsNothingLateByAClockThatNobodyVouchesForBeforeAQuarterOfAnHour) {
  options.watches_clock = true;
  start();
  take_trip("T1", State::awaiting_price);
  schedule.jump(60h);
  EXPECT_TRUE(pass(14min));
  EXPECT_TRUE(got.empty());
  ASSERT_TRUE(gets(1, 5min)) << "the desk is told in the end";
  EXPECT_EQ(got[0].text("status"), "OVERDUE");
  schedule.jump(-60h);
  ASSERT_TRUE(gets(2, 10min)) << "what was noted as late stays so while the clock is in doubt";
  EXPECT_EQ(got[1].text("status"), "OVERDUE");
}

TEST_F(OpenQuestionTest, ComesWithinAMinuteWhateverTheClockDoesMeanwhile) {
  lose_the_answer();
  EXPECT_TRUE(pass(5s));
  schedule.jump(-20min);
  ASSERT_TRUE(gets(1, 1min));
}

TEST_F(OpenQuestionTest, LeavesOutWhatATransactionalAnswerSaysInAnotherShape) {
  const auto facts = look_facts(fmt::format(R"({{"terminalId":"12345678","reconciliationId":{{}},)"
                                            R"("cardStatementTransactionId":"{}"}})",
                                            std::string(129, 'x')),
                                from_unix_ms(1));
  EXPECT_EQ(facts, (store::LookFacts{from_unix_ms(1), "12345678", "", ""}));
}

}  // namespace
}  // namespace gatehouse::sync
