#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/cache/cache.hpp"
#include "store/cache/cache_home.hpp"
#include "sync/feed/cache_upkeep.hpp"
#include "tests/child/child.hpp"

namespace gatehouse::sync {

/// A real cache in a folder of its own, and the gate's view of it.
class CacheFixture {
 public:
  CacheFixture() { write_hash_key(std::string(32, '\0')); }

  [[nodiscard]] store::CacheWriter open_writer() {
    auto writer = store::CacheWriter::open(file(), key_, version_);
    EXPECT_TRUE(writer.has_value()) << writer.error().message;
    return std::move(*writer);
  }
  /// The same for what takes a home. Its reader is at the gate until another one is handed over,
  /// which is what `gate_reader()` gives then.
  [[nodiscard]] ServedCache serve(HandOver hand_over = {}) {
    home_ = std::make_unique<store::CacheHome>(
        store::CachePlaces{file(), hash_key_file(), {}, [this] { return make_stand_in(); }});
    auto ends = home_->open(WallTime{});
    EXPECT_TRUE(ends.has_value()) << ends.error().message;
    gate_reader_.emplace(std::move(ends->reader));
    return {*home_, std::move(ends->writer), std::move(hand_over)};
  }
  [[nodiscard]] store::CacheReader& gate_reader() { return *gate_reader_; }
  void close() { gate_reader_.reset(); }
  /// What the gate does with a new reader.
  [[nodiscard]] store::CacheReader exchange(store::CacheReader reader) {
    return std::exchange(*gate_reader_, std::move(reader));
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
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "cache.db"; }
  [[nodiscard]] std::filesystem::path hash_key_file() const { return folder_.path() / "hash.key"; }
  void write_hash_key(const std::string& bytes) const {
    std::ofstream(hash_key_file(), std::ios::binary) << bytes;
  }

 private:
  [[nodiscard]] Result<std::filesystem::path> make_stand_in() const {
    const auto made = folder_.path() / "stand-in";
    std::filesystem::create_directory(made);
    return made;
  }

  child::TemporaryFolder folder_;
  store::HashKey key_ = store::HashKey::from_bytes({});
  store::CacheVersion version_;
  std::unique_ptr<store::CacheHome> home_;
  std::optional<store::CacheReader> gate_reader_;
};

}  // namespace gatehouse::sync
