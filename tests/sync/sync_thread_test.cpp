// The sync thread with all that turns on it, over a real ledger, a real cache and real sockets.
#include "sync/sync_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "sync/inbox.hpp"
#include "tests/sync/sync_thread_fixture.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;

/// The answers to questions, from whatever thread they came.
class Answers {
 public:
  std::function<void(std::optional<std::string>)> next() {
    return [this](std::optional<std::string> answer) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
    };
  }
  [[nodiscard]] std::vector<std::optional<std::string>> all() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }
  [[nodiscard]] bool wait_for(std::size_t count) {
    return eventually([&] { return all().size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<std::string>> answers_;
};

TEST_F(SyncThreadTest, StartsAndTurnsWithoutANetwork) {
  const auto nowhere = "http://127.0.0.1:" + std::to_string(closed_port());
  options_.feed.url = nowhere + "/shoppers";
  options_.cloud.url = nowhere;
  take_cart("trip-1");
  start();
  ASSERT_TRUE(eventually([this] {
    const auto status = sync_->status();
    return !status.feed.last_error.empty() && !status.cloud.last_error.empty();
  }));
  const auto turns = sync_->turns();
  EXPECT_TRUE(eventually([&] { return sync_->turns() > turns + 1; }));
  EXPECT_EQ(counts().pending, 1);
}

TEST_F(SyncThreadTest, TurnsAtLeastOnceASecondWhileNothingHappens) {
  start();
  ASSERT_TRUE(eventually([this] { return sync_->turns() > 3; }));
  const auto begin = steady_clock::now();
  const auto turns = sync_->turns();
  ASSERT_TRUE(eventually([&] { return sync_->turns() >= turns + 2; }));
  EXPECT_LT(steady_clock::now() - begin, 3500ms);
  EXPECT_LT(sync_->turns(), turns + 100) << "and does not spin";
}

TEST_F(SyncThreadTest, DeliversACartAsSoonAsItIsWoken) {
  std::string seen;
  RawServer cloud([&seen](RawConnection& connection) {
    seen = connection.read_request();
    connection.send(answer(200, "{}"));
  });
  options_.cloud.url = cloud.url("");
  start();
  take_cart("trip-1");
  ASSERT_TRUE(eventually([this] { return counts().delivered == 1; }));
  EXPECT_THAT(seen, HasSubstr("POST /v1/order/purchases HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("Gatehouse-Store: STORE-001\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\n\r\n{\"cart\":\"trip-1\"}"));
  EXPECT_TRUE(eventually([this] { return sync_->status().cloud.successes == 1; }));
}

TEST_F(SyncThreadTest, FollowsTheFeedIntoTheCache) {
  RawServer feed([](RawConnection& connection) {
    (void)connection.read_request();
    connection.send(answer(200,
                           R"({"results":[{"seq":1,"id":"a","doc":{"type":"shopper",)"
                           R"("shopperId":"S-1","keys":["key-1"]}}],"last_seq":1,"pending":0})"));
    (void)connection.read_request();
    connection.wait_closed();
  });
  options_.feed.url = feed.url("/shoppers");
  start();
  ASSERT_TRUE(eventually([this] { return cache_.shopper_of("key-1") == "S-1"; }));
  ASSERT_TRUE(eventually([this] { return sync_->status().feed.position.complete; }));
  EXPECT_EQ(sync_->status().feed.last_error, "");
  EXPECT_TRUE(sync_->synced_at());
}

TEST_F(SyncThreadTest, TakesASyncOfTheRunBeforeForNoneOfThisRun) {
  {
    auto before = cache_.open_writer();
    ASSERT_TRUE(before.apply({}, {"1-a", true, clock_.wall() - 24h * 21}));
  }
  options_.feed.url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/shoppers";
  start();
  ASSERT_TRUE(eventually([this] { return !sync_->status().feed.last_error.empty(); }));
  EXPECT_TRUE(sync_->status().feed.position.synced_at);
  EXPECT_FALSE(sync_->synced_at()) << "an old cache would pass for a fresh one at each start";
}

TEST_F(SyncThreadTest, ResolvesWhatTheProcessBeforeItLeftOpen) {
  using enum store::SettlementState;
  take_cart("trip-1", awaiting_price);
  write([this](store::Ledger& ledger) -> Result<> {
    auto priced = ledger.price("trip-1", {1599, "USD"}, clock_.wall());
    if (!priced) return propagate(priced);
    auto from = adjust_due;
    for (const auto to : {adjust_sent, capture_due, capture_sent}) {
      store::SettlementChange change;
      change.trip_sequence = 1;
      change.from = from;
      change.to = to;
      change.at = change.next_attempt_at = clock_.wall();
      if (auto changed = ledger.move_settlement(change); !changed) return changed;
      from = to;
    }
    return {};
  });
  ASSERT_EQ(settlement_of("trip-1"), capture_sent);
  start();
  EXPECT_TRUE(eventually([this] { return settlement_of("trip-1") == capture_unknown; }));
}

TEST_F(SyncThreadTest, AsksTheCloudForTheGate) {
  RawServer cloud([](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      const bool known = request.contains("known");
      connection.send(known ? answer(200, "{\"action\":\"ACCEPT\"}") : answer(404, "no"));
    }
  });
  options_.cloud.url = cloud.url("");
  start();
  Answers answers;
  sync_->ask("/v1/identity/scan", "known", 5'000ms, answers.next());
  ASSERT_TRUE(answers.wait_for(1));
  sync_->ask("/v1/identity/scan", "stranger", 5'000ms, answers.next());
  ASSERT_TRUE(answers.wait_for(2));
  EXPECT_THAT(answers.all(), ElementsAre("{\"action\":\"ACCEPT\"}", std::nullopt));
}

TEST_F(SyncThreadTest, GivesUpOnAQuestionAtItsDeadline) {
  RawServer cloud([](RawConnection& connection) { connection.wait_closed(); });
  options_.cloud.url = cloud.url("");
  start();
  Answers answers;
  const auto begin = steady_clock::now();
  sync_->ask("/v1/identity/scan", "{}", 200ms, answers.next());
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_THAT(answers.all(), ElementsAre(std::nullopt));
  EXPECT_GE(steady_clock::now() - begin, 150ms);
  EXPECT_LT(steady_clock::now() - begin, 3s);
}

TEST_F(SyncThreadTest, RefusesMoreQuestionsThanItsLimitAtOnce) {
  RawServer cloud([](RawConnection& connection) { connection.wait_closed(); });
  options_.cloud.url = cloud.url("");
  start();
  Answers open;
  for (std::size_t i = 0; i < SyncThread::asks_max; ++i) {
    sync_->ask("/v1/identity/scan", "{}", 60'000ms, open.next());
  }
  Answers refused;
  sync_->ask("/v1/identity/scan", "{}", 60'000ms, refused.next());
  ASSERT_TRUE(refused.wait_for(1));
  EXPECT_THAT(refused.all(), ElementsAre(std::nullopt));
  EXPECT_TRUE(open.all().empty());
  sync_->stop(0ms);
  EXPECT_EQ(open.all().size(), SyncThread::asks_max) << "each is answered when it stops";
}

TEST_F(SyncThreadTest, AnswersEveryQuestionExactlyOnceWhateverHappens) {
  RawServer cloud([](RawConnection& connection) {
    while (!connection.read_request().empty()) connection.send(answer(200, "{}"));
  });
  options_.cloud.url = cloud.url("");
  sync_.emplace(options_, cache_.serve(), *writer_, clock_, [] { return 0.1; });
  std::atomic<int> asked = 0;
  std::atomic<int> answered = 0;
  std::atomic<bool> enough = false;
  std::vector<std::thread> gates;
  for (int i = 0; i < 3; ++i) {
    gates.emplace_back([&] {
      while (!enough) {
        ++asked;
        sync_->ask("/v1/identity/scan", "{}", 1'000ms,
                   [&answered](const std::optional<std::string>&) { ++answered; });
        sync_->wake();
        (void)sync_->status();
        std::this_thread::yield();
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return asked > 10; }));
  ASSERT_TRUE(sync_->start().has_value());
  const auto before = asked.load();
  ASSERT_TRUE(eventually([&] { return asked > before + 500; }));
  sync_->stop(100ms);
  const auto stopped = asked.load();
  ASSERT_TRUE(eventually([&] { return asked > stopped + 10; }));
  enough = true;
  for (auto& gate : gates) gate.join();
  EXPECT_EQ(answered, asked);
}

TEST_F(SyncThreadTest, WritesDownWhatIsAnsweredWithinTheGrace) {
  std::atomic<bool> arrived = false;
  std::atomic<bool> may_answer = false;
  RawServer cloud([&](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    arrived = true;
    (void)eventually([&] { return may_answer.load(); });
    connection.send(answer(200, "{}"));
  });
  options_.cloud.url = cloud.url("");
  start();
  take_cart("trip-1");
  ASSERT_TRUE(eventually([&] { return arrived.load(); }));
  std::thread stopper([this] { sync_->stop(10s); });
  take_cart("trip-2");
  may_answer = true;
  stopper.join();
  EXPECT_EQ(counts().delivered + counts().pending, 2);
  EXPECT_GE(counts().delivered, 1);
}

TEST_F(SyncThreadTest, StopsWhenTheGraceIsOver) {
  std::atomic<bool> arrived = false;
  RawServer cloud([&](RawConnection& connection) {
    if (!connection.read_request().empty()) arrived = true;
    connection.wait_closed();
  });
  options_.cloud.url = cloud.url("");
  options_.feed.url = cloud.url("/shoppers");
  start();
  take_cart("trip-1");
  ASSERT_TRUE(eventually([&] { return arrived.load(); }));
  const auto begin = steady_clock::now();
  sync_->stop(300ms);
  EXPECT_LT(steady_clock::now() - begin, 2s);
  sync_->stop(300ms);
  EXPECT_EQ(counts().pending, 1);
}

TEST_F(SyncThreadTest, TakesOverNewCredentials) {
  RawServer cloud([](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      connection.send(answer(200, request));
    }
  });
  options_.cloud.url = cloud.url("");
  options_.cloud.login.bearer = "old-token";
  start();
  options_.cloud.login.bearer = "new-token";
  sync_->reload(options_);
  Answers answers;
  sync_->ask("/v1/identity/scan", "{}", 5'000ms, answers.next());
  ASSERT_TRUE(answers.wait_for(1));
  EXPECT_THAT(answers.all()[0].value_or(""), HasSubstr("Bearer new-token\r\n"));
}

TEST_F(SyncThreadTest, HasNoAnswerBeforeItRuns) {
  sync_.emplace(options_, cache_.serve(), *writer_, clock_, [] { return 0.1; });
  Answers answers;
  sync_->ask("/v1/identity/scan", "{}", 1'000ms, answers.next());
  EXPECT_EQ(answers.all().size(), 1U);
}

TEST_F(SyncThreadTest, LedgerInboxAnswersARefusalThroughTheInbox) {
  const auto inbox = std::make_shared<Inbox>([] {});
  LedgerInbox port(*writer_, inbox);
  writer_->stop();
  std::optional<Result<>> answered;
  port.commit([](store::Ledger&) -> Result<> { return {}; },
              [&answered](Result<> result) { answered = std::move(result); });
  EXPECT_FALSE(answered.has_value()) << "not from inside commit()";
  inbox->run();
  ASSERT_TRUE(answered.has_value());
  ASSERT_FALSE(answered->has_value());
  EXPECT_EQ(answered->error().remedy, Remedy::retry);
}

TEST_F(SyncThreadTest, LedgerInboxBringsTheOutcomeBackFromTheLedgerThread) {
  std::atomic<int> woken = 0;
  const auto inbox = std::make_shared<Inbox>([&woken] { ++woken; });
  LedgerInbox port(*writer_, inbox);
  std::thread::id answered_on;
  port.commit([](store::Ledger&) -> Result<> { return failure(Remedy::reject, "no"); },
              [&answered_on](const Result<>& result) {
                if (!result) answered_on = std::this_thread::get_id();
              });
  ASSERT_TRUE(eventually([&] { return woken > 0; }));
  EXPECT_EQ(answered_on, std::thread::id{});
  inbox->run();
  EXPECT_EQ(answered_on, std::this_thread::get_id());
}

TEST(SyncThreadInbox, RunsInOrderWhatWasPostedAndNothingAfterItWasClosed) {
  Inbox inbox([] {});
  std::vector<int> ran;
  EXPECT_TRUE(inbox.post([&] {
    ran.push_back(1);
    EXPECT_TRUE(inbox.post([&ran] { ran.push_back(3); }));
  }));
  EXPECT_TRUE(inbox.post([&ran] { ran.push_back(2); }));
  inbox.run();
  EXPECT_THAT(ran, ElementsAre(1, 2)) << "what comes meanwhile waits for the next turn";
  inbox.close();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
  EXPECT_FALSE(inbox.post([&ran] { ran.push_back(4); }));
  inbox.run();
  EXPECT_THAT(ran, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace gatehouse::sync
