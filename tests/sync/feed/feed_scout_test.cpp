#include "sync/feed/feed_scout.hpp"

#include <cstring>

#include "store/cache/held_answers.hpp"
#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using store::Status;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t mebibyte = 1024 * 1024;

std::string block(const std::string& id, const std::string& key) {
  return R"({"seq":0,"id":")" + id + R"(","doc":{"_id":")" + id +
         R"(","type":"shopper","status":"BLOCKED","shopperId":"S-)" + id + R"(","keys":[")" + key +
         R"("]}})";
}

std::string gone(const std::string& id) {
  return R"({"seq":0,"id":")" + id + R"(","deleted":true})";
}

/// A feed whose cache lies on a disk that says to be as full as a test wants, and the gate's view
/// of it.
class ScoutTest : public FeedTest {
 protected:
  ScoutTest() { space_.look(clock_.steady()); }
  void start_watching() {
    start_synced();
    feed_->watch(&space_);
  }
  void measure(std::int64_t mebibytes) {
    free_bytes_ = mebibytes * mebibyte;
    clock_.advance(DiskSpace::look_interval);
    space_.look(clock_.steady());
  }
  /// "active", "blocked", "unknown"
  std::string at_gate(std::string_view key) {
    const auto shopper = reader_.find(key, clock_.steady());
    if (!shopper) return shopper.error().message;
    if (!*shopper) return "unknown";
    return (*shopper)->status == Status::active ? "active" : "blocked";
  }
  std::string many_blocks(int count) {
    std::string rows;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      rows += (i == 0 ? "" : ",") + block("m" + number, "k-m" + number);
    }
    return rows;
  }

  std::int64_t free_bytes_ = 1'000 * mebibyte;
  DiskSpace space_{{.folder = cache_.folder(),
                    .reserve_bytes = mebibyte,
                    .since_boot = [] { return 0ms; },
                    .measure = [this](const auto&) -> std::optional<FreeSpace> {
                      return FreeSpace{free_bytes_, 2'000 * mebibyte};
                    }}};
  store::CacheReader reader_ = cache_.open_reader();
};

TEST_F(ScoutTest, TakesInOnlyWhatTurnsSomebodyAwayWhileTheDiskIsLow) {
  start_watching();
  measure(10);
  answer(200, batch(block("a", "k-a") + "," + gone("b") + "," + put("c", "k-c"), "5"));
  EXPECT_EQ(at_gate("k-a"), "blocked");
  EXPECT_EQ(at_gate("k-b"), "unknown");
  EXPECT_EQ(at_gate("k-c"), "unknown") << "somebody new";
  EXPECT_EQ(cache_.position_on_disk().cursor, "2") << "all of it has to come again";
  EXPECT_THAT(asked(), HasSubstr("since=5")) << "the next block must not wait";
  turn();
  EXPECT_THAT(status().not_written, HasSubstr("little space"));
  EXPECT_EQ(status().held, 0U) << "the disk took the blocks";
}

TEST_F(ScoutTest, ReadsEverythingAgainOnceThereIsSpace) {
  start_watching();
  measure(10);
  answer(200, batch(block("a", "k-a") + "," + put("c", "k-c"), "5", R"(,"pending":0)"));
  ASSERT_THAT(asked(), HasSubstr("feed=longpoll"));
  measure(900);
  pass(FeedScout::try_interval);
  EXPECT_THAT(asked(), HasSubstr("since=2"));
  EXPECT_THAT(status().not_written, IsEmpty());
  answer(200, batch(block("a", "k-a") + "," + put("c", "k-c"), "5", R"(,"pending":0)"));
  EXPECT_EQ(at_gate("k-a"), "blocked");
  EXPECT_EQ(at_gate("k-c"), "active");
  EXPECT_EQ(cache_.position_on_disk().cursor, "5");
}

TEST_F(ScoutTest, LetsACardInNoMoreThatAShopperHasLostWhileTheDiskIsLow) {
  start_watching();
  measure(10);
  answer(200, batch(put("a", "k-a-new"), "5"));
  EXPECT_EQ(at_gate("k-a"), "unknown");
  EXPECT_EQ(at_gate("k-a-new"), "unknown") << "it comes once there is space";
}

TEST_F(ScoutTest, HoldsInMemoryWhatTheDiskDoesNotTakeUntilTheCacheHasIt) {
  start_watching();
  ASSERT_TRUE(writer_.limit_size(4096)) << "it cannot grow any more";
  const std::string rows = many_blocks(500) + "," + block("a", "k-a") + "," + gone("b");
  answer(200, batch(rows, "5", R"(,"pending":0)"));
  EXPECT_EQ(at_gate("k-a"), "blocked");
  EXPECT_EQ(at_gate("k-b"), "unknown");
  EXPECT_EQ(at_gate("k-m499"), "blocked");
  EXPECT_TRUE(writer_.knows("b").value()) << "on the disk she is still there";
  turn();
  EXPECT_EQ(status().held, 502U);
  EXPECT_THAT(status().not_written, HasSubstr("full"));
  EXPECT_THAT(status().last_error, IsEmpty());

  ASSERT_TRUE(writer_.limit_size(1'000 * mebibyte));
  measure(1'000);
  pass(FeedScout::try_interval);
  ASSERT_THAT(asked(), HasSubstr("since=2"));
  EXPECT_EQ(at_gate("k-b"), "unknown") << "until the cache has it";
  answer(200, batch(rows, "5", R"(,"pending":0)"));
  turn();
  EXPECT_EQ(status().held, 0U);
  EXPECT_EQ(at_gate("k-b"), "unknown");
  EXPECT_EQ(at_gate("k-m499"), "blocked");
  EXPECT_FALSE(writer_.knows("b").value());
}

TEST_F(ScoutTest, GivesUpTheReserveForBlocks) {
  start_watching();
  ASSERT_TRUE(space_.holds_reserve());
  ASSERT_TRUE(writer_.limit_size(4096));
  answer(200, batch(many_blocks(500), "5"));
  EXPECT_FALSE(space_.holds_reserve());
}

TEST_F(ScoutTest, AsksAgainForBlocksThatNothingHasRoomFor) {
  start_watching();
  ASSERT_TRUE(writer_.limit_size(4096));
  for (std::uint32_t i = 0; i < store::HeldAnswers::answers_max; ++i) {
    store::KeyHash other{};
    std::memcpy(other.data(), &i, sizeof i);
    ASSERT_TRUE(cache_.held().hold(other, std::nullopt));
  }
  answer(200, batch(many_blocks(500), "5"));
  EXPECT_THAT(status().last_error, HasSubstr("blocks and removals have no effect"));
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("since=2"));
}

TEST_F(ScoutTest, BeginsARebuildAnewThatItHasMissedSomethingOf) {
  std::vector<store::ShopperChange> cached{
      store::ShopperPut{"a", "S-a", store::Role::shopper, Status::active, {"k-a"}, ""}};
  ASSERT_TRUE(writer_.apply(cached, {"", false, clock_.wall()}));
  start();
  feed_->watch(&space_);
  ASSERT_TRUE(status().rebuilding);
  measure(10);
  answer(200, batch(put("a", "k-a") + "," + put("c", "k-c"), "5", R"(,"pending":0)"));
  EXPECT_EQ(at_gate("k-a"), "active") << "nothing is swept";
  measure(900);
  pass(FeedScout::try_interval);
  EXPECT_THAT(asked(), Not(HasSubstr("since=5")));
  answer(200, batch(put("a", "k-a") + "," + put("c", "k-c"), "5", R"(,"pending":0)"));
  turn();
  EXPECT_EQ(at_gate("k-c"), "active");
  EXPECT_EQ(at_gate("k-a"), "active");
  EXPECT_TRUE(cache_.position_on_disk().complete);
}

TEST(Tightening, PassesOverWhatIsOnlyInSomebodysFavour) {
  using store::InstrumentPut;
  store::Instrument welcome;
  welcome.decision = store::InstrumentDecision::accept;
  store::Instrument denied;
  denied.decision = store::InstrumentDecision::deny;
  store::Instrument owing;
  owing.outstanding = Money{.minor = 1, .currency = "USD"};
  const std::vector<store::ShopperChange> changes{
      InstrumentPut{"instrument:1", welcome}, InstrumentPut{"instrument:2", denied},
      InstrumentPut{"instrument:3", owing},
      store::ShopperPut{"a", "S-a", store::Role::shopper, Status::blocked, {"k"}, "{\"long\":1}"}};
  const auto tighter = tightening(changes);
  ASSERT_EQ(tighter.size(), 3U);
  EXPECT_EQ(std::get<InstrumentPut>(tighter[0]).document_id, "instrument:2");
  EXPECT_EQ(std::get<store::ShopperPut>(tighter[2]).loyalty, "");
}

}  // namespace
}  // namespace gatehouse::sync
