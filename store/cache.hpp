#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "store/key_hash.hpp"
#include "store/result.hpp"
#include "store/sqlite/database.hpp"
#include "store/time.hpp"

namespace gatehouse::store {

// On disk: never renumber, only add.
enum class Role : int { shopper = 1, associate = 2 };
enum class Status : int { active = 1, blocked = 2 };

/// What the gate needs to know of whoever a key belongs to.
struct Shopper {
  std::string shopper_id;
  Role role = Role::shopper;
  Status status = Status::active;
};

/// One change of the feed, as the cache takes it.
struct ShopperPut {
  std::string document_id;
  std::string shopper_id;
  Role role = Role::shopper;
  Status status = Status::active;
  std::vector<std::string> keys;  ///< in the clear: hashed before they touch the disk
  std::string loyalty;            ///< JSON, or ''
};
struct ShopperRemove {
  std::string document_id;
};
using ShopperChange = std::variant<ShopperPut, ShopperRemove>;

/// Where the replica stands.
struct FeedPosition {
  std::string cursor;  ///< '' before the first batch
  bool complete = false;
  std::optional<WallTime> synced_at;
};

/// Tells readers that the writer has committed, so that they renew their read transaction.
/// Shared between the two; thread-safe.
using CacheVersion = std::atomic<std::uint64_t>;

/// The only writer of cache.db. WAL, synchronous NORMAL: the newest commits may be lost with the
/// power, but always data and cursor together. Not thread-safe: the sync thread owns it.
class CacheWriter {
 public:
  /// Opens or creates and migrates. A file that is damaged, or was hashed with another key, is
  /// replaced by an empty one: the feed fills it again, and `rebuilt()` says so. A newer schema is
  /// refused (Remedy::repair). Must happen before any reader opens.
  [[nodiscard]] static Result<CacheWriter> open(const std::filesystem::path& file,
                                                const HashKey& key, CacheVersion& version);

  /// Why the cache was rebuilt at open, '' if it was not.
  [[nodiscard]] const std::string& rebuilt() const { return rebuilt_; }

  /// Applies the changes in order and moves the cursor, in one transaction: after a crash both are
  /// there or neither is. A key belongs to the document that claimed it last.
  [[nodiscard]] Result<> apply(std::span<const ShopperChange> changes, const FeedPosition& position);

  [[nodiscard]] Result<FeedPosition> position();
  [[nodiscard]] Result<std::int64_t> shopper_count();

 private:
  std::string rebuilt_;
};

/// Answers lookups from cache.db; about 3 µs each, so inline on the gate thread. It keeps a read
/// transaction open (half of a lookup is opening and closing one) and renews it when the writer
/// has committed, and at least every 100 ms so that the WAL can be checkpointed.
/// Not thread-safe: each gate thread opens its own.
class CacheReader {
 public:
  [[nodiscard]] static Result<CacheReader> open(const std::filesystem::path& file,
                                                const HashKey& key, const CacheVersion& version);

  /// nullopt: no document claims this key.
  [[nodiscard]] Result<std::optional<Shopper>> find(std::string_view key, SteadyTime now);
  /// For a timer: ends the read transaction where it is older than 100 ms, so that an idle gate
  /// does not hold the WAL.
  void release(SteadyTime now) noexcept;
  [[nodiscard]] Result<FeedPosition> position();

 private:
};

}  // namespace gatehouse::store
