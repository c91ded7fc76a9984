#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/cache/cache_file.hpp"
#include "store/cache/instrument_table.hpp"
#include "store/cache/key_hash.hpp"
#include "store/cache/records.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

/// What changes do at the gate that could not be applied, because they touch a damaged page: whom
/// they turn away is blocked or forgotten, key by key, each in a transaction of its own. Whose
/// record cannot be read is known by the id that the index of documents has beside it, and by that
/// among the keys.
///
/// Of one batch. What is passed in outlives it. Of the thread that writes the cache; no transaction
/// may be open.
class Withdrawal {
 public:
  Withdrawal(sqlite::Database& database, sqlite::TransactionStatements& transactions,
             KeyHasher& hasher, InstrumentTable& instruments);

  /// In the order of the feed.
  void withdraw(const ShopperChange& change);
  /// After the last one: goes once through all keys (some 0.2 s a million), if there is
  /// anybody whose record cannot be read. Gives up once `stopping` (may be null) is true.
  void finish(const std::atomic<bool>* stopping);

  /// Of how many changes it is not sure that whom they turn away is turned away.
  [[nodiscard]] std::int64_t without_effect() const { return without_effect_; }
  /// Why, where it was something else than damage. That may pass.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

 private:
  struct Document {
    std::optional<std::int64_t> id{};
    std::optional<std::string> key_hashes{};  ///< nullopt: cannot be read
    bool is_sure = true;                      ///< whether it is there
  };
  /// Prefixes of key hashes, both included.
  struct Range {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    int blind = 0;  ///< so many halvings ago a key was found
  };

  void withdraw_one(const ShopperPut& put);
  void withdraw_one(const ShopperRemove& remove);
  void withdraw_one(const InstrumentPut& put);
  void withdraw_one(const DocumentUnclear& unclear);
  Document find(std::string_view document_id);
  void claim(const ShopperPut& put, const Document& known, const std::string& hashes);
  void let_go(const Document& known, std::string_view kept);
  void let_go_of(sqlite::Blob hash, std::int64_t id);
  void block_any(sqlite::Blob hash);
  /// Whether somebody may enter with it. nullopt: whoever it belongs to.
  bool lets_in(sqlite::Blob hash, std::optional<std::int64_t> id);
  bool search(const Range& range, std::vector<Range>& halves);
  bool read(sqlite::Statement& keys, const Range& range, std::optional<std::uint64_t>& last);
  template <class Work>
  bool write(const Work& work);
  /// Of the call that has just failed. Any other reason is kept.
  bool is_damage(const Error& error);
  [[nodiscard]] bool is_stopping() const { return stopping_ != nullptr && stopping_->load(); }

  sqlite::Database& database_;
  sqlite::TransactionStatements& transactions_;
  KeyHasher& hasher_;
  InstrumentTable& instruments_;
  const std::atomic<bool>* stopping_ = nullptr;
  /// By shopper.id, the keys that stay: of those whose record cannot be read.
  std::unordered_map<std::int64_t, std::string> hidden_;
  std::vector<std::pair<std::string, std::int64_t>> found_;  ///< keys of these, and whose
  bool is_left_ = false;  ///< the change at hand left somebody in
  std::int64_t without_effect_ = 0;
  std::optional<Error> refused_;

  sqlite::Statement find_document_;
  sqlite::Statement find_document_id_;
  sqlite::Statement key_standing_;
  sqlite::Statement keys_up_;
  sqlite::Statement keys_down_;
  sqlite::Statement claim_key_;
  sqlite::Statement claim_free_key_;
  sqlite::Statement release_key_;
  sqlite::Statement block_key_;
  sqlite::Statement block_any_key_;
  sqlite::Statement forget_any_key_;
};

}  // namespace gatehouse::store
