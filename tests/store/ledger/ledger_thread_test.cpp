#include "store/ledger/ledger_thread.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "store/sqlite/database.hpp"
#include "tests/store/ledger/ledger_thread_fixture.hpp"

namespace gatehouse::store {
namespace {

class LedgerThreadTest : public LedgerThreadFixture {};

TEST_F(LedgerThreadTest, AnswersOnceTheWorkIsCommitted) {
  start();
  std::promise<bool> seen;
  ASSERT_TRUE(writer->submit<CartReceipt>(
      [](Ledger& ledger) { return ledger.append(make_cart("t-1")); },
      [&](Result<CartReceipt> receipt) { seen.set_value(receipt && has("t-1")); }));
  EXPECT_TRUE(seen.get_future().get());
}

TEST_F(LedgerThreadTest, TouchesNothingInAFolderThatIsNotItsOwnAndGoesOnOnceItIs) {
  std::atomic<bool> is_ours = false;
  const auto hold = [&]() -> Result<> {
    if (is_ours) return {};
    return failure(Remedy::repair, "another process has it");
  };
  writer.emplace(file, LedgerThreadOptions{.hold_folder = hold});
  EXPECT_FALSE(writer->wait_opened(patience));
  EXPECT_EQ(writer->trouble(), "another process has it");
  EXPECT_FALSE(append(make_cart("t-1")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  is_ours = true;
  EXPECT_TRUE(eventually([&] { return writer->opened(); }));
  EXPECT_TRUE(append(make_cart("t-1")));
  writer.reset();
}

TEST_F(LedgerThreadTest, AcknowledgesNothingWhileAnotherFolderStandsInPlaceOfItsOwn) {
  std::atomic<bool> is_ours = true;
  const auto hold = [&]() -> Result<> {
    if (is_ours) return {};
    return failure(Remedy::repair, "it was replaced");
  };
  start({.hold_folder = hold});
  EXPECT_TRUE(append(make_cart("t-1")));
  is_ours = false;
  EXPECT_TRUE(eventually([&] { return writer->trouble() == "it was replaced"; }))
      << "before a cart comes";
  const auto refused = append(make_cart("t-2"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry) << "it may be put back";
  EXPECT_EQ(writer->trouble(), "it was replaced");
  EXPECT_FALSE(has("t-2"));
  is_ours = true;
  EXPECT_TRUE(eventually([&] { return writer->trouble().empty(); }));
  EXPECT_TRUE(append(make_cart("t-2")));
  EXPECT_TRUE(has("t-1"));
  writer.reset();
}

class SetClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return at(7'000'000) + ahead; }
  [[nodiscard]] SteadyTime steady() const override { return SteadyTime{std::chrono::seconds{5}}; }
  milliseconds ahead{0};
};

TEST_F(LedgerThreadTest, KeepsWhatTheClockSaidWhenItWasOpenedFirst) {
  SetClock clock;
  start({.clock = &clock});
  EXPECT_EQ(writer->clock_lead(), milliseconds{6'995'000});
  EXPECT_TRUE(append(make_cart("t-1")));
  writer.reset();
  clock.ahead = -milliseconds{3'000'000};
  start({.clock = &clock});
  EXPECT_EQ(writer->clock_lead(), milliseconds{3'995'000});
  EXPECT_EQ(writer->clock_behind(), milliseconds{3'000'000});
  writer.reset();
}

TEST_F(LedgerThreadTest, CommitsWhatWaitsTogetherUpToTheBatchLimit) {
  start({.queue_max = 100, .batch_max = 10});
  std::atomic<int> commits = 0;
  writer->on_commit([&] { ++commits; });
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  std::vector<std::optional<Receipt>> receipts;
  for (int i = 0; i < 25; ++i) receipts.push_back(offer(make_cart(std::to_string(i))));
  released->count_down();
  for (auto& receipt : receipts) EXPECT_TRUE(wait(std::move(receipt)));
  EXPECT_TRUE(eventually([&] { return commits == 1 + 3; })) << commits << " commits";
  EXPECT_EQ(trips(), 25);
}

TEST_F(LedgerThreadTest, KeepsTheRestOfABatchWhenOneWorkFails) {
  start();
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  auto before = offer(make_cart("before"));
  std::promise<Result<>> refused;
  ASSERT_TRUE(writer->submit<void>(
      [](Ledger& ledger) -> Result<> {
        require(ledger.append(make_cart("undone")));
        return failure(Remedy::reject, "the work thinks better of it");
      },
      [&](Result<> result) { refused.set_value(std::move(result)); }));
  auto after = offer(make_cart("after"));
  released->count_down();
  EXPECT_TRUE(wait(std::move(before)));
  EXPECT_TRUE(wait(std::move(after)));
  const Result<> result = refused.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().remedy, Remedy::reject);
  EXPECT_EQ(result.error().message, "the work thinks better of it");
  EXPECT_TRUE(has("before"));
  EXPECT_FALSE(has("undone"));
  EXPECT_TRUE(has("after"));
  EXPECT_EQ(writer->trouble(), "") << "the disk is well";
}

TEST_F(LedgerThreadTest, RecordsATripOnceHoweverManyThreadsBringIt) {
  start();
  constexpr int threads = 8;
  constexpr int carts = 100;
  std::mutex mutex;
  std::map<std::string, int> recorded;
  std::map<CartOutcome, int> outcomes;
  const auto bring = [&](int thread) {
    for (int i = 0; i < carts; ++i) {
      // Even ones come from every thread with the same bytes, odd ones from one alone.
      const std::string id = i % 2 == 0 ? std::to_string(i) : fmt::format("{}-{}", thread, i);
      const CartReceipt receipt = require(append(make_cart(id)));
      const std::lock_guard lock(mutex);
      ++outcomes[receipt.outcome];
      if (receipt.outcome == CartOutcome::recorded) ++recorded[id];
      EXPECT_EQ(receipt.purchase_id, "purchase-" + id);
    }
  };
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) running.emplace_back(bring, thread);
  }
  constexpr int different = carts / 2 + threads * carts / 2;
  EXPECT_EQ(recorded.size(), static_cast<std::size_t>(different));
  EXPECT_EQ(outcomes[CartOutcome::recorded], different);
  EXPECT_EQ(outcomes[CartOutcome::repeated], threads * carts - different);
  EXPECT_EQ(trips(), different);
}

TEST_F(LedgerThreadTest, TakesOneOfManyDifferingCartsOfATripAndKeepsTheOthersAsEvidence) {
  start();
  std::atomic<int> recorded = 0;
  std::atomic<int> differing = 0;
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < 8; ++thread) {
      running.emplace_back([&, thread] {
        const auto receipt = require(append(make_cart("t-1", fmt::format("body {}", thread))));
        ++(receipt.outcome == CartOutcome::recorded ? recorded : differing);
      });
    }
  }
  EXPECT_EQ(recorded, 1);
  EXPECT_EQ(differing, 7);
  EXPECT_EQ(require(require(LedgerReader::open(file)).counts()).differing_carts, 7);
}

TEST_F(LedgerThreadTest, RefusesWorkAtItsLimitAndTakesItAgainLater) {
  start({.queue_max = 3, .batch_max = 10});
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  std::vector<std::optional<Receipt>> receipts;
  for (int i = 0; i < 3; ++i) receipts.push_back(offer(make_cart(std::to_string(i))));
  EXPECT_FALSE(offer(make_cart("too much")));
  released->count_down();
  for (auto& receipt : receipts) EXPECT_TRUE(wait(std::move(receipt)));
  EXPECT_FALSE(has("too much"));
  EXPECT_TRUE(append(make_cart("too much")));
}

TEST_F(LedgerThreadTest, AnswersWhatItAcceptedBeforeItStops) {
  start({.queue_max = 100, .batch_max = 7});
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  std::vector<std::optional<Receipt>> receipts;
  for (int i = 0; i < 50; ++i) receipts.push_back(offer(make_cart(std::to_string(i))));
  std::jthread stopping([&] { writer->stop(); });
  EXPECT_TRUE(eventually([&] { return !offer(make_cart("probe")); }));
  released->count_down();
  stopping.join();
  for (auto& receipt : receipts) {
    ASSERT_TRUE(receipt);
    ASSERT_EQ(receipt->wait_for(std::chrono::seconds{0}), std::future_status::ready);
    EXPECT_TRUE(receipt->get());
  }
  writer->stop();
  EXPECT_FALSE(offer(make_cart("too late")));
  EXPECT_FALSE(has("too late"));
}

TEST_F(LedgerThreadTest, TurnsWithoutWork) {
  start();
  const std::uint64_t before = writer->turns();
  EXPECT_TRUE(eventually([&] { return writer->turns() > before + 1; }));
}

/// Answers `work` that comes while the file cannot be opened, and takes it once it can.
void expect_to_come_back(LedgerThread& writer, const std::function<Result<CartReceipt>()>& append) {
  EXPECT_FALSE(writer.wait_opened(patience));
  EXPECT_FALSE(writer.opened());
  const auto refused = append();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry) << "whoever has the cart must come back";
  EXPECT_NE(writer.trouble(), "");
}

TEST_F(LedgerThreadTest, TakesWorkOnceAnotherProgramLetsGoOfTheFile) {
  {
    const Ledger made = require(Ledger::open(file));
  }
  std::optional<sqlite::Database> other =
      require(sqlite::Database::open(file, sqlite::Access::create));
  require(other->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"));
  writer.emplace(file);
  expect_to_come_back(*writer, [&] { return append(make_cart("t-1")); });
  EXPECT_NE(writer->trouble().find("another program holds the database"), std::string::npos);
  other.reset();
  EXPECT_TRUE(eventually([&] { return append(make_cart("t-1")).has_value(); }));
  EXPECT_TRUE(writer->opened());
  EXPECT_EQ(writer->trouble(), "");
}

TEST_F(LedgerThreadTest, TurnsWhileItWaitsForALedger) {
  file = folder.path() / "missing" / "ledger.db";
  writer.emplace(file);
  EXPECT_FALSE(writer->wait_opened(patience));
  const std::uint64_t before = writer->turns();
  EXPECT_TRUE(eventually([&] { return writer->turns() > before + 3; }));
  std::filesystem::create_directory(file.parent_path());
  EXPECT_TRUE(eventually([&] { return writer->opened(); })) << "also without work";
}

TEST_F(LedgerThreadTest, LeavesALedgerOfANewerVersionAsItIs) {
  {
    auto newer = require(sqlite::Database::open(file, sqlite::Access::create));
    require(newer.execute("CREATE TABLE future (a); PRAGMA user_version = 9999"));
  }
  writer.emplace(file);
  expect_to_come_back(*writer, [&] { return append(make_cart("t-1")); });
  EXPECT_NE(writer->trouble().find("9999"), std::string::npos);
  EXPECT_EQ(schema_in_header(file), 9999);
}

TEST_F(LedgerThreadTest, LeavesTheFileReadyForAnotherOwner) {
  start();
  EXPECT_TRUE(append(make_cart("t-1")));
  writer.reset();
  start();
  EXPECT_EQ(require(append(make_cart("t-1"))).outcome, CartOutcome::repeated);
}

}  // namespace
}  // namespace gatehouse::store
