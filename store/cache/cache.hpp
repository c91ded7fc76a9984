#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/cache/key_hash.hpp"
#include "store/cache/records.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// The only writer of cache.db. WAL, synchronous NORMAL: the newest commits may be lost with the
/// power, but always data and cursor together. Not thread-safe: the sync thread owns it.
class CacheWriter {
 public:
  /// Opens or creates and migrates. A file that is damaged, or was hashed with another key, is
  /// replaced by an empty one: the feed fills it again, and `rebuilt()` says so. So is one that
  /// note_damage() was called for. Damage deep in the file shows only when it is read: then that
  /// call fails with Remedy::repair, and `version` says so. A file that cannot be used for another
  /// reason is never replaced: a newer schema (Remedy::repair), another program that has held it
  /// for `lock_wait_max`, a disk that is full or read-only (Remedy::retry). Must happen before any
  /// reader opens. `version` must outlive the writer.
  [[nodiscard]] static Result<CacheWriter> open(const std::filesystem::path& file,
                                                const HashKey& key, CacheVersion& version,
                                                milliseconds lock_wait_max = milliseconds{5'000});
  /// The same for a file that may be damaged, for what can still be read. It is never replaced:
  /// where it cannot be opened, this fails. A file is of no use to anybody where damage is so deep
  /// that nothing can be read, or it has a stranger's tables (Remedy::repair), or it is of another
  /// hash key (Remedy::reject). Everything else (who may use it, a newer schema, the disk) is
  /// Remedy::retry. look_over() says whether damage shows; a damaged number of the schema is
  /// corrected, and `version` says so.
  [[nodiscard]] static Result<CacheWriter> open_as_it_is(const std::filesystem::path& file,
                                                         const HashKey& key, CacheVersion& version,
                                                         milliseconds lock_wait_max);
  /// The highest schema that this program knows, which is what open() leaves behind.
  [[nodiscard]] static std::int64_t newest_schema() noexcept;
  ~CacheWriter();
  CacheWriter(CacheWriter&&) noexcept;
  CacheWriter& operator=(CacheWriter&&) noexcept;

  /// The file grows to this at most; what does not fit any more fails with Remedy::retry. Beside it
  /// lies the log, of 64 MiB at most.
  [[nodiscard]] Result<> limit_size(std::int64_t max_bytes);

  /// A look at both ends of each table, in microseconds: a file that was cut, overwritten or half
  /// copied fails here.
  [[nodiscard]] Result<> look_over();

  /// Why the cache was rebuilt at open, '' if it was not.
  [[nodiscard]] const std::string& rebuilt() const;

  /// Applies the changes in order and moves the cursor, in one transaction: after a crash both are
  /// there or neither is. A key belongs to the document that claimed it last; when that document
  /// goes, the key is unknown until another document claims it. An unclear one takes no key from
  /// another document.
  [[nodiscard]] Result<> apply(std::span<const ShopperChange> changes,
                               const FeedPosition& position);

  /// Whether an end of this file has met damage.
  [[nodiscard]] bool is_damaged() const;
  /// For a damaged file, where apply() failed: each change that can be is applied by itself, and
  /// whom the others turn away is blocked or forgotten by key (withdrawal.hpp). The cursor does not
  /// move. Gives of how many changes that was not sure, because of the damage: whom they turn away
  /// may still enter. Fails where something else than damage was in the way, with what could be
  /// done kept: the same changes may be given again.
  [[nodiscard]] Result<std::int64_t> apply_singly(std::span<const ShopperChange> changes);

  /// Once `stopping` is true, apply() ends after the change at hand: with Remedy::retry, and
  /// nothing of it kept. So does apply_singly(), with what it has done kept. `stopping` outlives
  /// the writer.
  void end_early_once(const std::atomic<bool>& stopping);

  [[nodiscard]] Result<FeedPosition> position();
  /// Counts them: some tens of milliseconds a million shoppers.
  [[nodiscard]] Result<std::int64_t> shopper_count();
  [[nodiscard]] Result<UnclearCounts> unclear_counts();
  /// Whether a shopper or an instrument is there from this document.
  [[nodiscard]] Result<bool> knows(std::string_view document_id);
  /// A page of the ids of the documents that are there (shoppers, instruments and those that are
  /// unclear), in order, after
  /// `after` ('': from the first). A page shorter than `limit` is the last.
  [[nodiscard]] Result<std::vector<std::string>> document_ids(std::string_view after,
                                                              std::size_t limit);

 private:
  struct State;
  explicit CacheWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Answers lookups from cache.db; about 3 µs each, so inline on the gate thread. It keeps a read
/// transaction open (half of a lookup is opening and closing one) and renews it when the writer
/// has committed, and at least every 100 ms so that the WAL can be checkpointed.
/// Not thread-safe: each gate thread opens its own.
class CacheReader {
 public:
  /// The file must have been opened by a CacheWriter before. `version` must outlive the reader.
  [[nodiscard]] static Result<CacheReader> open(const std::filesystem::path& file,
                                                const HashKey& key, CacheVersion& version);
  ~CacheReader();
  CacheReader(CacheReader&&) noexcept;
  CacheReader& operator=(CacheReader&&) noexcept;

  /// nullopt: no document claims this key.
  [[nodiscard]] Result<std::optional<Shopper>> find(std::string_view key, SteadyTime now);
  /// The loyalty of whoever this key belongs to.
  [[nodiscard]] Result<std::optional<Loyalty>> loyalty_of_key(std::string_view key, SteadyTime now);
  /// The loyalty of the shopper with this id; where several documents have the same, of an active
  /// one first.
  [[nodiscard]] Result<std::optional<Loyalty>> loyalty_of_shopper(std::string_view shopper_id,
                                                                  SteadyTime now);
  /// By Amazon's id of the instrument. nullopt: the feed says nothing about it.
  [[nodiscard]] Result<std::optional<Instrument>> instrument(std::string_view id, SteadyTime now);
  /// For a timer: ends the read transaction where it is older than 100 ms, so that an idle gate
  /// does not hold the WAL.
  void release(SteadyTime now) noexcept;
  [[nodiscard]] Result<FeedPosition> position();

 private:
  struct State;
  explicit CacheReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::store
