#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/cache/cache.hpp"
#include "store/cache/held_answers.hpp"
#include "store/cache/instrument_table.hpp"
#include "store/cache/key_hash.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// Finds out what changes that could not be written would have changed at the gate, and holds that
/// in memory. It reads the cache, and writes nothing. What is passed in outlives it. Of the thread
/// that writes the cache.
class AnswerHolder {
 public:
  AnswerHolder(sqlite::Database& database, KeyHasher& hasher, InstrumentTable& instruments);

  /// An error: what came before it is held, and the rest of the changes are not. Remedy::retry:
  /// there is no room for more, or the cache cannot be read either.
  [[nodiscard]] Result<> hold(std::span<const ShopperChange> changes, HeldAnswers& into);

 private:
  struct Document;

  Result<> hold_one(const ShopperPut& put);
  Result<> hold_one(const ShopperRemove& remove);
  Result<> hold_one(const KeysLeft& left);
  Result<> hold_one(const InstrumentPut& put);
  Result<> hold_one(const DocumentUnclear& document);
  /// Of the keys that the document has in the cache: those that are its own, and not in `kept`,
  /// answer with `status`; nullopt: with nobody.
  Result<> change_own(std::string_view document_id, std::string_view kept,
                      std::optional<Status> status);
  Result<> claim(const ShopperPut& put, std::string_view hashes);
  [[nodiscard]] std::string hashes_of(const std::vector<std::string>& keys);
  Result<std::optional<Document>> find(std::string_view document_id);

  KeyHasher& hasher_;
  InstrumentTable& instruments_;
  HeldAnswers* into_ = nullptr;  ///< while it holds
  sqlite::Statement find_document_;
  sqlite::Statement owner_of_key_;
  sqlite::Statement find_shopper_;
};

}  // namespace gatehouse::store
