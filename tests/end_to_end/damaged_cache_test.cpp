// A shopper cache that loses pages, or is held by another program, beneath the real daemon.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "store/sqlite/database.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/page_damage.hpp"
#include "tests/end_to_end/world.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

using testing::HasSubstr;

class CacheBeneath : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path cache() const { return box_.state() / "cache.db"; }
  [[nodiscard]] nlohmann::json status() const {
    return nlohmann::json::parse(get(box_.local_port(), "/local/v1/status").body);
  }
  /// Its severity, '' where there is no such warning.
  [[nodiscard]] std::string warning(const std::string& code) const {
    const auto all = status();
    for (const auto& each : all.at("warnings")) {
      if (each.at("code") == code) return each.at("severity");
    }
    return "";
  }
  [[nodiscard]] bool may_enter(const std::string& key) const {
    const auto reply = post(box_.gate_port(), "/v1/identity/scan", scan(key));
    EXPECT_EQ(reply.status, 200);
    return nlohmann::json::parse(reply.body).value("action", "") == "ACCEPT";
  }
  [[nodiscard]] int entered(const std::vector<std::string>& keys) const {
    return static_cast<int>(
        std::ranges::count_if(keys, [this](const auto& key) { return may_enter(key); }));
  }
  void start_in_step() {
    box_.start();
    ASSERT_TRUE(eventually([&] { return status().at("cache").at("complete") == true; }, 30s));
  }

  const World world_{{"--shoppers", "3000"}};
  Box box_{attached_to(world_)};
  const World::ShopperKeys keys_ = world_.shopper_keys();
  const std::vector<std::string>& active_ = keys_.active;
  const std::vector<std::string>& blocked_ = keys_.blocked;
};

/// Leaves of every table and index of a cache, spread over the file. No connection may be open.
std::vector<std::int64_t> some_pages(const std::filesystem::path& file, std::size_t wanted) {
  auto database = store::sqlite::Database::open(file, store::sqlite::Access::read_only).value();
  store::sqlite::Statement leaves(
      database.handle(),
      "SELECT pageno FROM dbstat WHERE pagetype = 'leaf' AND name IN"
      " ('credential', 'shopper', 'shopper_by_shopper_id', 'sqlite_autoindex_shopper_1')"
      " AND path NOT LIKE '%/000/' ORDER BY pageno");
  const auto read = [](const store::sqlite::Rows& row) { return row.integer(0); };
  const auto all = leaves.all(read).value();
  if (all.size() < wanted) throw std::runtime_error("the cache is too small");
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(all[i * all.size() / wanted]);
  return chosen;
}

TEST_F(CacheBeneath, WithTwentyPagesGoneServesTheOthersAndIsWholeAgainWithoutARestart) {
  start_in_step();
  ASSERT_EQ(box_.stop(), 0);  // so that SQLite has none of the pages in its memory
  const auto pages = some_pages(cache(), 20);
  world_.outage("feed", "refuse", 3600s);
  box_.start();
  for (const auto page : pages) {
    store::overwrite(cache(), static_cast<std::size_t>(page - 1) * store::page_size,
                     std::string(store::page_size, '\0'));
  }
  const int left = entered(active_);
  EXPECT_LT(left, static_cast<int>(active_.size()));
  EXPECT_GT(left, static_cast<int>(active_.size() / 4));
  EXPECT_EQ(entered(blocked_), 0);
  EXPECT_TRUE(eventually([&] { return warning("cache_damaged") == "critical"; }, 10s)) << status();
  EXPECT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart("while-damaged")).status, 201);

  world_.outage("feed", "refuse", 0s);
  // The gate is asked all the while: it never refuses, and never lets in whom the feed blocks.
  EXPECT_TRUE(eventually(
      [&] {
        EXPECT_EQ(entered(blocked_), 0);
        return warning("cache_damaged").empty();
      },
      60s))
      << status();
  EXPECT_EQ(entered(active_), static_cast<int>(active_.size()));
  EXPECT_EQ(entered(blocked_), 0);
  EXPECT_EQ(status().at("cache").at("replacements"), 1);

  ASSERT_EQ(box_.stop(), 0);
  world_.outage("feed", "refuse", 3600s);
  box_.start();
  EXPECT_EQ(entered(active_), static_cast<int>(active_.size())) << "the new one is not lost";
  EXPECT_TRUE(std::filesystem::exists(cache()));
}

TEST_F(CacheBeneath, WithoutTheRootOfATableIsKeptAndBuiltAnewAndSaysSo) {
  start_in_step();
  ASSERT_EQ(box_.stop(), 0);
  damage(cache(), find_page(cache(), {"feed_position", Place::root}), {});
  world_.outage("feed", "refuse", 3600s);
  for (int start = 0; start < 2; ++start) {
    box_.start();
    EXPECT_TRUE(eventually([&] { return warning("cache_begun_anew") == "critical"; }, 10s))
        << status();
    EXPECT_THAT(box_.command("status").second, HasSubstr("cache.db.damaged-"));
    EXPECT_FALSE(may_enter(active_.at(0)));
    EXPECT_EQ(get(box_.local_port(), "/readyz/scans").status, 503);
    EXPECT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart("meanwhile")).status, 201);
    if (start == 0) {
      ASSERT_EQ(box_.stop(), 0);
    }
  }
  world_.outage("feed", "refuse", 0s);
  EXPECT_TRUE(eventually([&] { return warning("cache_begun_anew").empty(); }, 60s)) << status();
  EXPECT_EQ(entered(active_), static_cast<int>(active_.size()));
}

TEST_F(CacheBeneath, HeldByAnotherProgramAtTheStartServesAsSoonAsItIsLetGo) {
  start_in_step();
  ASSERT_EQ(box_.stop(), 0);
  world_.outage("feed", "refuse", 3600s);
  std::optional<store::sqlite::Database> other =
      store::sqlite::Database::open(cache(), store::sqlite::Access::create).value();
  ASSERT_TRUE(other->execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"));
  box_.start();
  EXPECT_EQ(warning("cache_stand_in"), "critical") << status();
  EXPECT_FALSE(may_enter(active_.at(0)));
  other.reset();
  EXPECT_TRUE(eventually([&] { return may_enter(active_.at(0)); }, 30s)) << status();
  EXPECT_TRUE(eventually([&] { return warning("cache_stand_in").empty(); }, 10s)) << status();
  EXPECT_EQ(entered(active_), static_cast<int>(active_.size()));
  EXPECT_EQ(entered(blocked_), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
