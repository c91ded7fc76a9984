// Twenty pages of a shopper cache, chosen by what they are for, damaged before the real daemon
// starts on them or beneath the running one. Prints what came of each.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <iostream>
#include <set>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/page_damage.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using nlohmann::json;

class CachePages : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path cache() const { return box_.state() / "cache.db"; }
  [[nodiscard]] json status() const {
    return json::parse(get(box_.local_port(), "/local/v1/status").body);
  }
  [[nodiscard]] std::set<std::string> warnings() const { return warnings_of(box_, "cache_"); }

  /// A whole cache of which nobody has a page in memory, kept to begin each trial with.
  void make_cache() {
    box_.start();
    ASSERT_TRUE(eventually([&] { return status().at("cache").at("complete") == true; }, 30s));
    ASSERT_EQ(box_.stop(), 0);
    free_some_pages(cache());
    std::filesystem::copy_file(cache(), whole());
  }
  void put_whole_cache_back() const {
    for (const auto& entry : std::filesystem::directory_iterator(box_.state())) {
      if (entry.path().filename().string().starts_with("cache.db")) {
        std::filesystem::remove(entry.path());
      }
    }
    std::filesystem::copy_file(whole(), cache());
  }
  /// How many of these are let in. The gate answers each of them.
  [[nodiscard]] int entered(const std::vector<std::string>& keys) const {
    int count = 0;
    for (const auto& key : keys) {
      const auto reply = post(box_.gate_port(), "/v1/identity/scan", scan(key));
      EXPECT_EQ(reply.status, 200);
      count += json::parse(reply.body).value("action", "") == "ACCEPT" ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] bool all_enter() const {
    return entered(active_) == static_cast<int>(active_.size());
  }
  /// Until the feed answers again: how many shoppers are turned away, and what is said of it.
  int use_without_feed(const Trial& trial, std::set<std::string>& said) {
    const int lost = static_cast<int>(active_.size()) - entered(active_);
    EXPECT_EQ(entered(blocked_), 0) << "let in whom the feed blocks";
    const auto is_said = [&] {
      const auto now = warnings();
      said.insert(now.begin(), now.end());
      return !now.empty();
    };
    const bool must_say = lost > 0 && trial.harm == Harm::zeroed;
    EXPECT_TRUE(!must_say || eventually(is_said, 60s)) << lost << " are turned away in silence";
    (void)is_said();
    const auto trip = fmt::format("trip-{}-{}", trial.seed, said.size());
    EXPECT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart(trip)).status, 201);
    return lost;
  }
  /// One line of the table.
  std::string run(const Trial& trial) {
    put_whole_cache_back();
    const auto page = find_page(cache(), trial.page);
    world_.outage("feed", "refuse", 3600s);
    if (trial.when == When::running) box_.start();
    damage(cache(), page, trial);
    if (trial.when == When::at_start) box_.start();
    std::set<std::string> said;
    const int lost = use_without_feed(trial, said);
    EXPECT_EQ(box_.stop(), 0);
    box_.start();
    const int lost_again = use_without_feed(trial, said);
    world_.outage("feed", "refuse", 0s);
    // A row of the cache has no check of its own: a flipped bit in one may turn its shopper away,
    // with nothing to be said, until the feed brings the row again.
    const auto patience = said.empty() ? 2s : 20s;
    const bool heals = eventually([&] { return warnings().empty() && all_enter(); }, patience);
    EXPECT_TRUE(heals || said.empty()) << status();
    EXPECT_EQ(entered(blocked_), 0) << "let in whom the feed blocks";
    EXPECT_EQ(box_.stop(), 0);
    return fmt::format("| {} | {} | {} | {} | {} |", to_text(trial), fmt::join(said, ", "), lost,
                       lost_again, heals ? "yes" : "no");
  }

  const World world_{{"--shoppers", "1000"}};
  Box box_{attached_to(world_)};
  const World::ShopperKeys keys_ = world_.shopper_keys();
  const std::vector<std::string>& active_ = keys_.active;
  const std::vector<std::string>& blocked_ = keys_.blocked;

 private:
  [[nodiscard]] std::filesystem::path whole() const { return box_.state() / "whole"; }
};

TEST_F(CachePages, DamagedNeverCloseTheGateNorLetInTheBlockedAndAreWholeAgainByThemselves) {
  make_cache();
  std::cout << fmt::format(
      "| page | damage | when | what the box said | of {} turned away "
      "| after a restart | whole again |\n|---|---|---|---|---|---|---|\n",
      active_.size());
  for (const Trial& trial : trials_of(pages_of_cache())) {
    SCOPED_TRACE(to_text(trial));
    try {
      std::cout << run(trial) << std::endl;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

}  // namespace
}  // namespace gatehouse::end_to_end
