// What transactional data shows right before a capture, and what follows from it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr milliseconds never = 24h * 365;
constexpr std::string_view data_path = "/transactional-data";

class SettlerEvidence : public SettlerTest {
 protected:
  static Reply data(std::string_view id) {
    return simulation::answer(200, fmt::format(R"({{"reconciliationId":"{}"}})", id));
  }
  bool pass(milliseconds time) {
    return !run(time, [] { return false; });
  }
  std::size_t captures(const std::string& trip_id = "T1") {
    return amazon.account(trip_id).captures.size();
  }
  /// Looks are answered by their number, from 1 on; captures have the fate given, the rest passes.
  void script(std::function<Fate(int)> look, Fate capture) {
    network.set_fates([look = std::move(look), capture = std::move(capture),
                       asked = 0](const Request& r) mutable {
      if (r.url.ends_with("/capture/charge")) return capture;
      return r.url.ends_with(data_path) ? look(++asked) : Fate{};
    });
  }
};

TEST_F(SettlerEvidence, IsAskedForOnceBeforeEachCaptureLeaves) {
  start();
  take_trip("T1");
  std::vector<std::string> seen;
  network.set_fates([&seen](const Request& request) {
    seen.push_back(request.url.substr(request.url.rfind("/v1/")));
    const bool throttled = request.url.ends_with("/capture/charge") && seen.size() < 4;
    return throttled ? instead(simulation::answer(429)) : Fate{};
  });
  ASSERT_TRUE(reaches("T1", State::captured, 10s));
  EXPECT_THAT(seen, ElementsAre("/v1/adjust/charge", "/v1/payment/transactional-data",
                                "/v1/capture/charge", "/v1/payment/transactional-data",
                                "/v1/capture/charge", "/v1/payment/transactional-data"));
  EXPECT_EQ(settlement("T1").reconciliation_before, "");
}

TEST_F(SettlerEvidence, KeepsNoChargeBackWhereItCannotBeHad) {
  const std::vector<Reply> replies{
      simulation::answer(500),
      simulation::answer(403),
      simulation::answer(429),
      simulation::answer(404),
      simulation::answer(200),
      simulation::answer(200, "<html>"),
      simulation::not_sent(),
      simulation::no_answer(),
      simulation::answer(400, R"({"errorMsg":"UnknownShoppingTrip"})")};
  for (const auto& reply : replies) {
    SCOPED_TRACE(fmt::format("{} {}", reply.status, reply.body));
    options.jwo.max_in_flight = 2;
    start();
    for (int trip = 0; trip < 20; ++trip) take_trip(fmt::format("T{}", trip));
    all(std::string(data_path), instead(reply));
    EXPECT_TRUE(
        run(30s, [this] { return amazon.accounts().size() == 20 && captures("T19") == 1; }));
    for (int trip = 0; trip < 20; ++trip) EXPECT_EQ(captures(fmt::format("T{}", trip)), 1U);
    EXPECT_FALSE(settlement("T0").reconciliation_before) << "no look was answered";
    box.reset();
    amazon.forget();
    plans.clear();
  }
}

TEST_F(SettlerEvidence, IsAskedAgainAfterACrashAndTheCaptureLeavesOnce) {
  start();
  take_trip("T1");
  all(std::string(data_path), {.replied_after = 5s});
  ASSERT_TRUE(run(3s, [this] { return amazon.account("T1").details == 1; }));
  EXPECT_EQ(settlement("T1").state, State::capture_due);
  EXPECT_EQ(settlement("T1").captures_sent, 0);
  box->crash();
  box->start();
  EXPECT_EQ(settlement("T1").state, State::capture_due) << "nothing is in doubt";
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_EQ(captures(), 1U);
  EXPECT_EQ(settlement("T1").captures_sent, 1);
}

TEST_F(SettlerEvidence, LeavesTheCaptureDueWhereItStopsMeanwhile) {
  start();
  take_trip("T1");
  all(std::string(data_path), {.replied_after = 5s});
  ASSERT_TRUE(run(3s, [this] { return amazon.account("T1").details == 1; }));
  box->settler().stop();
  ASSERT_TRUE(run(10s, [this] { return box->settler().in_flight() == 0; }));
  EXPECT_EQ(settlement("T1").state, State::capture_due);
  EXPECT_EQ(captures(), 0U);
}

TEST_F(SettlerEvidence, ObeysAPersonWhoDecidesWhileItIsAskedFor) {
  for (const auto act : {OperatorAction::hold, OperatorAction::cancel}) {
    start();
    take_trip("T1");
    all(std::string(data_path), {.replied_after = 5s});
    ASSERT_TRUE(run(3s, [this] { return amazon.account("T1").details == 1; }));
    box->act("T1", act);
    const auto end = act == OperatorAction::hold ? State::held : State::cancelled;
    EXPECT_TRUE(reaches("T1", end, 10s));
    ASSERT_TRUE(pass(1h));
    EXPECT_EQ(settlement("T1").state, end);
    EXPECT_EQ(captures(), 0U);
    EXPECT_EQ(box->settler().status().last_error, "") << "nothing else had to wait";
    box.reset();
    amazon.forget();
  }
}

TEST_F(SettlerEvidence, ProvesNothingWhereNoLookBeforeTheCaptureWasAnswered) {
  start();
  take_trip("T1");
  script([](int asked) { return asked == 1 ? instead(simulation::answer(503)) : Fate{}; },
         {.reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::held, 3min));
  ASSERT_TRUE(pass(24h));
  EXPECT_EQ(settlement("T1").state, State::held) << "a person's turn";
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_THAT(settlement("T1").reason, HasSubstr("--not-captured"));
  EXPECT_EQ(captures(), 1U);
}

TEST_F(SettlerEvidence, IsUnsoundWhereAnIdIsThereBeforeTheFirstCapture) {
  start();
  take_trip("T1");
  script([](int) { return instead(data("A-1")); }, {.arrives_after = 20ms});
  ASSERT_TRUE(reaches("T1", State::captured, 5s)) << "charged all the same";
  EXPECT_EQ(captures(), 1U);
  EXPECT_EQ(box->counts().evidence_unsound, 1);
  EXPECT_EQ(box->counts().last_unsound_trip, "T1");
  box->crash();
  box->start();
  EXPECT_EQ(box->counts().evidence_unsound, 1) << "kept on disk";
}

TEST_F(SettlerEvidence, DecidesNothingForAnyTripOnceItIsUnsound) {
  options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  start();
  take_trip("T1");
  script([](int) { return instead(data("A-1")); }, {.arrives_after = 20ms});
  ASSERT_TRUE(reaches("T1", State::captured, 5s));
  take_trip("shown");
  take_trip("not shown");
  plans["not shown"].reconciled_after = never;
  script([](int) { return Fate{}; }, {.reply = simulation::no_answer()});
  ASSERT_TRUE(pass(24h));
  for (const auto* trip : {"shown", "not shown"}) {
    EXPECT_EQ(settlement(trip).state, State::held) << trip;
    EXPECT_TRUE(settlement(trip).charge_unclear) << trip;
    EXPECT_EQ(captures(trip), 1U) << trip;
  }
  EXPECT_EQ(box->counts().evidence_unsound, 1) << "marked once";
}

TEST_F(SettlerEvidence, IsNoProofOfACaptureThatHadNoEffectWhereItWasThereBefore) {
  start();
  take_trip("T1");
  script([](int) { return instead(data("A-1")); },
         {.arrives_after = std::nullopt, .reply = simulation::no_answer()});
  ASSERT_TRUE(pass(24h));
  EXPECT_EQ(settlement("T1").state, State::held);
  EXPECT_EQ(captures(), 0U);
}

TEST_F(SettlerEvidence, StopsARepetitionBesideIt) {
  options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  start();
  take_trip("T1");
  int due = 0;
  script(
      [&](int) {
        if (due == 0 && settlement("T1").state == State::capture_due &&
            settlement("T1").charge_unclear) {
          ++due;
        }
        return due > 0 ? instead(data("A-1")) : instead(simulation::answer(200, "{}"));
      },
      {.reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::captured, 2h));
  EXPECT_EQ(due, 1) << "it was about to be repeated";
  EXPECT_EQ(captures(), 1U);
  EXPECT_THAT(box->payment_record("T1"), HasSubstr("A-1"));
  EXPECT_FALSE(settlement("T1").charge_unclear);
}

TEST_F(SettlerEvidence, MustBeAskedForWithAnAnswerBeforeARepetition) {
  options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  start();
  take_trip("T1");
  script(
      [&](int) {
        const bool repeats =
            settlement("T1").state == State::capture_due && settlement("T1").charge_unclear;
        return instead(repeats ? simulation::answer(500) : simulation::answer(200, "{}"));
      },
      {.reply = simulation::no_answer()});
  ASSERT_TRUE(pass(24h));
  EXPECT_EQ(captures(), 1U);
  EXPECT_TRUE(settlement("T1").charge_unclear);
}

/// Whoever answers 404 may stand behind whoever captured.
TEST_F(SettlerEvidence, HoldsACaptureThatWasDeniedWhereAnIdHasComeSince) {
  start();
  take_trip("T1");
  first("/capture/charge", {.reply = simulation::answer(404)});
  ASSERT_TRUE(reaches("T1", State::held, 2min));
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_THAT(settlement("T1").reason, HasSubstr("reconciliationId has come since"));
  ASSERT_TRUE(pass(24h));
  EXPECT_EQ(captures(), 1U);
  EXPECT_EQ(settlement("T1").state, State::held);
}

TEST_F(SettlerEvidence, ContradictsAPersonOnceAndObeysTheSecondWord) {
  start();
  take_trip("T1");
  plans["T1"].reconciled_after = 1h;
  first("/capture/charge", {.reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::held, 3min));
  all("/capture/charge", instead(simulation::not_sent()));
  box->act("T1", OperatorAction::release_not_captured);
  ASSERT_TRUE(pass(2h)) << "the capture cannot leave, and the evidence comes";
  EXPECT_EQ(settlement("T1").state, State::held);
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_THAT(settlement("T1").reason, HasSubstr("reconciliationId has come since"));
  network.set_fates([](const Request&) { return Fate{}; });
  ASSERT_TRUE(pass(24h));
  EXPECT_EQ(captures(), 1U);
  box->act("T1", OperatorAction::release_not_captured);
  ASSERT_TRUE(reaches("T1", State::captured, 1min));
  EXPECT_EQ(captures(), 2U) << "a person's word";
}

class SettlerRefusal : public SettlerEvidence {
 protected:
  static Reply bad_request(std::string_view name) {
    return simulation::answer(400, fmt::format(R"({{"errorMsg":"{}"}})", name));
  }
};

TEST_F(SettlerRefusal, OfAFirstCaptureIsHeldAndNotInDoubt) {
  start();
  take_trip("T1");
  all("/capture/charge", instead(bad_request("BadRequestException")));
  ASSERT_TRUE(reaches("T1", State::held, 5s));
  EXPECT_FALSE(settlement("T1").charge_unclear);
  EXPECT_EQ(settlement("T1").captures_not_done, 1);
}

TEST_F(SettlerRefusal, OfALaterCaptureLeavesItInDoubtWhereAnEarlierOneCounts) {
  for (const auto* name :
       {"BadRequestException", "UnknownShoppingTrip", "ShoppingTripExpiredException"}) {
    SCOPED_TRACE(name);
    options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
    start();
    take_trip("T1");
    plans["T1"].reconciled_after = never;
    first("/capture/charge", {.reply = simulation::no_answer()});
    ASSERT_TRUE(reaches("T1", State::capture_unknown, 5s));
    all("/capture/charge", instead(bad_request(name)));
    ASSERT_TRUE(run(2h, [this] { return settlement("T1").captures_sent == 2; }));
    ASSERT_TRUE(reaches("T1", State::held, 1h));
    EXPECT_TRUE(settlement("T1").charge_unclear);
    EXPECT_EQ(settlement("T1").captures_not_done, 0) << "it may say that it is charged already";
    ASSERT_TRUE(pass(24h));
    EXPECT_EQ(captures(), 1U);
    EXPECT_EQ(box->counts().expired, 0);
    box.reset();
    amazon.forget();
  }
}

TEST_F(SettlerRefusal, OfACaptureAfterAPersonsWordLeavesItInDoubtToo) {
  start();
  take_trip("T1");
  plans["T1"].reconciled_after = never;
  first("/capture/charge", {.reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::held, 3min));
  box->act("T1", OperatorAction::release_not_captured);
  all("/capture/charge", instead(bad_request("BadRequestException")));
  ASSERT_TRUE(run(5s, [this] { return settlement("T1").captures_sent == 2; }));
  ASSERT_TRUE(reaches("T1", State::held, 3min));
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_ANY_THROW(box->act("T1", OperatorAction::release)) << "the doubt must be cleared up";
}

}  // namespace
}  // namespace gatehouse::sync
