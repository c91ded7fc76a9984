#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/store/sqlite/damage.hpp"
#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {

inline constexpr int shoppers = 2'000;

inline std::string document(int number) {
  return "d-" + std::to_string(number);
}
inline std::string key(int number) {
  return "k-" + std::to_string(number);
}
inline std::string shopper(const std::string& id, const std::string& keys,
                           const std::string& status) {
  return R"({"seq":0,"id":")" + id + R"(","doc":{"_id":")" + id +
         R"(","type":"shopper","shopperId":"S-)" + id + R"(","status":")" + status +
         R"(","keys":[)" + keys + "]}}";
}
inline std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

class DamagedFeedTest : public FeedTest {
 protected:
  /// In step with the feed at 9, and then opened again with zeros in these pages.
  void start_damaged(const std::vector<std::pair<std::string, int>>& leaves) {
    options_.batch_max = 10'000;
    start();
    std::string rows;
    for (int i = 0; i < shoppers; ++i) rows += (i > 0 ? "," : "") + put(document(i), key(i));
    answer(200, batch(rows, "9", R"(,"pending":0)"));
    feed_.reset();
    {
      const store::CacheWriter closed = std::move(writer_);
    }
    hidden_ = 7 * store::rows_in_first_leaf(cache_.file(), "shopper") / 2;
    for (const auto& [name, leaf] : leaves) store::zero_leaves_of(cache_.file(), name, leaf);
    writer_ = cache_.serve().writer;
    start();
    answer(200, batch("", "9", R"(,"pending":0)"));
    ASSERT_EQ(standing(key(1)), "active") << "it is served as it is";
    ASSERT_THAT(asked(), testing::HasSubstr("since=9"));
  }
  /// Of whom nothing but the keys and the id can be read.
  void start_with_a_hidden_shopper() {
    start_damaged({{"shopper", 3}});
    ASSERT_FALSE(cache_.gate_reader().loyalty_of_key(key(hidden_), clock_.steady()));
    ASSERT_EQ(standing(key(hidden_)), "active");
  }
  std::string standing(const std::string& name) {
    const auto found = cache_.gate_reader().find(name, clock_.steady());
    if (!found) return "error";
    if (!*found) return "nobody";
    return (*found)->status == store::Status::active ? "active" : "blocked";
  }
  /// What came of a change of the hidden shopper, and of one behind it in the next page.
  void expect_to_be_followed_after(const std::string& change) {
    answer(200, batch(change, "10", R"(,"pending":1)"));
    EXPECT_THAT(asked(), testing::HasSubstr("since=10"));
    answer(200, batch(shopper(document(1), quoted(key(1)), "BLOCKED"), "11", R"(,"pending":0)"));
    EXPECT_EQ(standing(key(1)), "blocked");
    EXPECT_THAT(asked(), testing::HasSubstr("since=11"));
    EXPECT_EQ(standing(key(2)), "active");
  }

  int hidden_ = 0;
};

}  // namespace gatehouse::sync
