// A cache that is damaged or cannot be opened, while the feed can be read.
#include "sync/feed/cache_upkeep.hpp"

#include <gmock/gmock.h>

#include <list>

#include "tests/store/sqlite/damage.hpp"
#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using store::CacheCondition;
using testing::HasSubstr;

constexpr int shoppers = 2'000;

std::string name_of(int number) {
  return "k-" + std::to_string(number);
}

/// A feed in one answer, that waits when there is no more.
class WholeFeed final : public Transport {
 public:
  std::uint64_t start(Request request, Done done) override {
    waiting_.push_back({++last_id_, std::move(request), std::move(done)});
    return last_id_;
  }
  void cancel(std::uint64_t id) override {
    std::erase_if(waiting_, [id](const Waiting& waiting) { return waiting.id == id; });
  }
  /// Answers what is asked for now, as far as there is an answer.
  void serve() {
    auto asked = std::exchange(waiting_, {});
    for (auto each = asked.begin(); each != asked.end();) {
      const bool from_start = each->request.url.contains("since=0");
      if (!from_start && each->request.url.contains("feed=longpoll")) {
        waiting_.splice(waiting_.end(), asked, each++);
      } else {
        Reply reply;
        reply.sent = Sent::answered;
        reply.status = status;
        reply.body = from_start ? all : batch("", "9", R"(,"pending":0)");
        (each++)->done(std::move(reply));
      }
    }
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  std::string all;
  int status = 200;

 private:
  struct Waiting {
    std::uint64_t id = 0;
    Request request;
    Done done;
  };
  std::list<Waiting> waiting_;
  std::uint64_t last_id_ = 0;
};

class CacheUpkeepTest : public testing::Test {
 protected:
  CacheUpkeepTest() {
    options_.url = "http://feed.example/shoppers";
    options_.batch_max = 10'000;
    std::string rows;
    for (int i = 0; i < shoppers; ++i) {
      rows += (i > 0 ? "," : "") + put("d-" + std::to_string(i), name_of(i));
    }
    feed_.all = batch(rows, "9", R"(,"pending":0)");
  }

  void start(HandOver hand_over) {
    upkeep_.emplace(options_, cache_.serve(std::move(hand_over)), feed_, clock_,
                    [] { return 0.5; });
  }
  /// Hands over at once, as a gate does that is idle.
  void start() {
    start([this](store::CacheReader reader) {
      ++handed_over_;
      upkeep_->take_back(cache_.exchange(std::move(reader)));
    });
  }
  /// The reader first: it could not move the log into the file.
  void close() {
    cache_.close();
    upkeep_.reset();
  }
  void turn(int times = 10) {
    for (int i = 0; i < times; ++i) {
      (void)upkeep_->turn();
      feed_.serve();
    }
  }
  void pass(milliseconds time) {
    clock_.advance(time);
    turn();
  }
  /// A start in step with the feed, whose file is then damaged where only a lookup finds it.
  void start_damaged() {
    start();
    turn();
    ASSERT_TRUE(upkeep_->feed().position.complete);
    close();
    store::zero_leaves_of(cache_.file(), "credential", 3);
    start();
    turn();
    ASSERT_EQ(upkeep_->cache().condition, CacheCondition::well);
  }
  int found() {
    int found = 0;
    for (int i = 0; i < shoppers; ++i) {
      const auto shopper = cache_.gate_reader().find(name_of(i), clock_.steady());
      if (!shopper) continue;
      EXPECT_TRUE(*shopper) << "nobody may be unknown for damage: " << i;
      ++found;
    }
    return found;
  }

  CacheFixture cache_;
  WholeFeed feed_;
  ManualClock clock_;
  FeedOptions options_;
  int handed_over_ = 0;
  std::optional<CacheUpkeep> upkeep_;
};

TEST_F(CacheUpkeepTest, OpensNoSecondCacheWhileTheFirstIsWell) {
  start();
  turn();
  EXPECT_EQ(found(), shoppers);
  EXPECT_EQ(feed_.waiting(), 1U);
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::well);
  EXPECT_FALSE(std::filesystem::exists(cache_.file().string() + ".new"));
}

TEST_F(CacheUpkeepTest, FillsAnotherCacheOnceTheGateMeetsDamageAndHandsItOverWhole) {
  start_damaged();
  const auto before = upkeep_->feed();
  feed_.status = 503;
  const int left = found();
  EXPECT_LT(left, shoppers);
  EXPECT_GT(left, shoppers / 2);
  turn();
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::damaged);
  EXPECT_TRUE(upkeep_->cache().since);
  EXPECT_THAT(upkeep_->cache().trouble, HasSubstr("503"));
  EXPECT_EQ(handed_over_, 0);
  EXPECT_EQ(found(), left) << "the old one serves meanwhile";

  feed_.status = 200;
  pass(40s);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(found(), shoppers);
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::well);
  EXPECT_EQ(upkeep_->cache().trouble, "");
  EXPECT_EQ(upkeep_->cache().replacements, 1U);
  EXPECT_EQ(upkeep_->cache().not_kept, "");
  EXPECT_GT(upkeep_->feed().syncs, before.syncs) << "no counter goes back";
  EXPECT_GE(upkeep_->feed().changes_applied, before.changes_applied + shoppers);
  EXPECT_EQ(feed_.waiting(), 1U) << "the feed of the old one asks no more";
}

TEST_F(CacheUpkeepTest, ReplacesWhatTookOverAsWell) {
  start_damaged();
  (void)found();
  turn();
  ASSERT_EQ(handed_over_, 1);
  close();
  store::zero_leaves_of(cache_.file().string() + ".new", "credential", 3);
  start();
  (void)found();
  turn();
  EXPECT_EQ(handed_over_, 2);
  EXPECT_EQ(found(), shoppers);
}

TEST_F(CacheUpkeepTest, LeavesTheOldCacheAloneUntilTheGateHasGivenItBack) {
  std::optional<store::CacheReader> on_its_way;
  start_damaged();
  upkeep_.reset();
  start([&](store::CacheReader reader) { on_its_way.emplace(std::move(reader)); });
  const int left = found();
  turn();
  ASSERT_TRUE(on_its_way);
  EXPECT_EQ(found(), left);
  EXPECT_TRUE(std::filesystem::exists(cache_.file()));
  pass(60s);
  EXPECT_EQ(found(), left);
  upkeep_->take_back(cache_.exchange(std::move(*on_its_way)));
  EXPECT_EQ(found(), shoppers);
  EXPECT_FALSE(std::filesystem::exists(cache_.file())) << "it is kept under another name";
}

TEST_F(CacheUpkeepTest, BlocksWhomTheFeedBlocksAlsoInADamagedCache) {
  start();
  turn();
  close();
  store::zero_leaves_of(cache_.file(), "shopper", 3);
  store::zero_leaves_of(cache_.file(), "credential", 3);
  auto writer = cache_.serve();
  const int left = found();
  ASSERT_LT(left, shoppers);
  ASSERT_GT(left, 0);
  std::vector<store::ShopperChange> blocked;
  for (int i = 0; i < shoppers; ++i) {
    const std::string number = std::to_string(i);
    blocked.emplace_back(store::ShopperPut{.document_id = "d-" + number,
                                           .shopper_id = "S-d-" + number,
                                           .status = store::Status::blocked,
                                           .keys = {name_of(i)},
                                           .loyalty = ""});
  }
  EXPECT_FALSE(writer.writer.apply(blocked, {"10", true, clock_.wall()}));
  EXPECT_EQ(writer.writer.apply_singly(blocked), 0);
  int still_found = 0;
  for (int i = 0; i < shoppers; ++i) {
    const auto shopper = cache_.gate_reader().find(name_of(i), clock_.steady());
    if (!shopper || !*shopper) continue;
    EXPECT_EQ((*shopper)->status, store::Status::blocked) << i;
    ++still_found;
  }
  EXPECT_GT(still_found, left - shoppers / 20) << "all but a few are known as blocked";
}

TEST_F(CacheUpkeepTest, LeavesAStandInAsSoonAsTheFileCanBeOpened) {
  start();
  turn();
  close();
  std::filesystem::rename(cache_.hash_key_file(), cache_.folder() / "away");
  std::filesystem::create_directory(cache_.hash_key_file());
  feed_.status = 503;
  start();
  turn();
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::stand_in);
  EXPECT_FALSE(cache_.gate_reader().find(name_of(1), clock_.steady()).value());
  std::filesystem::remove(cache_.hash_key_file());
  std::filesystem::rename(cache_.folder() / "away", cache_.hash_key_file());
  EXPECT_EQ(handed_over_, 0);
  pass(CacheUpkeep::cache_pause);
  EXPECT_EQ(handed_over_, 1) << "the feed is away, and the file has everybody";
  EXPECT_EQ(found(), shoppers);
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::well);
}

TEST_F(CacheUpkeepTest, KeepsAStandInThatIsWholeUntilTheFileKnowsAsMuch) {
  start();
  turn();
  close();
  std::filesystem::rename(cache_.hash_key_file(), cache_.folder() / "away");
  std::filesystem::create_directory(cache_.hash_key_file());
  start();
  (void)upkeep_->turn();
  feed_.serve();
  (void)upkeep_->turn();
  ASSERT_TRUE(upkeep_->feed().position.complete);
  std::filesystem::remove(cache_.hash_key_file());
  std::filesystem::rename(cache_.folder() / "away", cache_.hash_key_file());
  feed_.status = 503;
  pass(CacheUpkeep::cache_pause);
  EXPECT_EQ(handed_over_, 0) << "somebody may have been blocked since the file was in step";
  feed_.status = 200;
  pass(40s);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(found(), shoppers);
}

TEST_F(CacheUpkeepTest, KeepsADamagedCacheWhileTheFeedIsEmpty) {
  const std::string all = feed_.all;
  start_damaged();
  const int left = found();
  feed_.all = batch("", "0", R"(,"pending":0)");
  turn();
  pass(60s);
  EXPECT_EQ(handed_over_, 0);
  EXPECT_EQ(found(), left);
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::damaged);
  EXPECT_THAT(upkeep_->cache().trouble, HasSubstr("the feed is empty"));
  feed_.all = all;
  pass(60s);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(found(), shoppers);
}

TEST_F(CacheUpkeepTest, LeavesAStandInThatTheFeedHasNobodyFor) {
  start();
  turn();
  close();
  std::filesystem::rename(cache_.hash_key_file(), cache_.folder() / "away");
  std::filesystem::create_directory(cache_.hash_key_file());
  feed_.all = batch("", "0", R"(,"pending":0)");
  start();
  turn();
  ASSERT_TRUE(upkeep_->feed().position.complete);
  std::filesystem::remove(cache_.hash_key_file());
  std::filesystem::rename(cache_.folder() / "away", cache_.hash_key_file());
  feed_.status = 503;
  pass(CacheUpkeep::cache_pause);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(found(), shoppers);
}

TEST_F(CacheUpkeepTest, LeavesAStandInForAFileWhoseDamageIsFoundAtTheLastMoment) {
  start();
  turn();
  close();
  for (const int leaf : {1, 2, 3, 4, 5, 6, 7}) {
    store::zero_leaves_of(cache_.file(), "credential", leaf);
  }
  std::filesystem::rename(cache_.hash_key_file(), cache_.folder() / "away");
  std::filesystem::create_directory(cache_.hash_key_file());
  feed_.status = 503;
  start();
  turn();
  std::filesystem::remove(cache_.hash_key_file());
  std::filesystem::rename(cache_.folder() / "away", cache_.hash_key_file());
  pass(CacheUpkeep::cache_pause);
  pass(CacheUpkeep::cache_pause);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_EQ(upkeep_->cache().condition, CacheCondition::damaged);
  EXPECT_TRUE(upkeep_->cache().since);
  EXPECT_GT(found(), 0);
  feed_.status = 200;
  pass(60s);
  EXPECT_EQ(handed_over_, 2);
  EXPECT_EQ(found(), shoppers);
}

TEST_F(CacheUpkeepTest, LeavesADyingDiskAloneForLongerEachTime) {
  EXPECT_EQ(pause_before_anew(0), 5s);
  EXPECT_EQ(pause_before_anew(1), 10s);
  EXPECT_EQ(pause_before_anew(9), 2'560s);
  EXPECT_EQ(pause_before_anew(10), 3'600s);
  EXPECT_EQ(pause_before_anew(1'000'000), 3'600s);
}

}  // namespace
}  // namespace gatehouse::sync
