#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "store/cache/cache.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::sync {

/// A real cache in a folder of its own, and the gate's view of it.
class CacheFixture {
 public:
  [[nodiscard]] store::CacheWriter open_writer() {
    auto writer = store::CacheWriter::open(file(), key_, version_);
    EXPECT_TRUE(writer.has_value()) << writer.error().message;
    return std::move(*writer);
  }
  /// The id of the shopper that a key belongs to, or "".
  [[nodiscard]] std::string shopper_of(std::string_view key) {
    const auto shopper = find(key);
    return shopper ? shopper->shopper_id : "";
  }
  [[nodiscard]] std::optional<store::Shopper> find(std::string_view key) {
    auto reader = store::CacheReader::open(file(), key_, version_);
    EXPECT_TRUE(reader.has_value());
    auto shopper = reader->find(key, SteadyTime{});
    EXPECT_TRUE(shopper.has_value());
    return shopper ? *shopper : std::nullopt;
  }
  /// What a restart would find.
  [[nodiscard]] store::FeedPosition position_on_disk() {
    auto reader = store::CacheReader::open(file(), key_, version_);
    EXPECT_TRUE(reader.has_value());
    return reader->position().value_or(store::FeedPosition{});
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "cache.db"; }

  child::TemporaryFolder folder_;
  store::HashKey key_ = store::HashKey::from_bytes({});
  store::CacheVersion version_ = 0;
};

}  // namespace gatehouse::sync
