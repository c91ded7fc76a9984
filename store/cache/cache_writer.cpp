#include <fmt/format.h>

#include "store/cache/cache.hpp"
#include "store/cache/cache_file.hpp"
#include "store/cache/instrument_table.hpp"
#include "store/cache/withdrawal.hpp"
#include "store/sql/cache_migrations.hpp"
#include "store/sql/cache_sql.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t hash_size = sizeof(KeyHash);

/// A document as the cache has it.
struct KnownDocument {
  std::int64_t id = 0;
  std::string key_hashes;  ///< 16 bytes each
};

}  // namespace

struct CacheWriter::State {
  State(CacheFile opened, const HashKey& key, CacheVersion& version)
      : rebuilt_(std::move(opened.rebuilt)),
        database_(std::move(opened.database)),
        transactions_(database_),
        hasher_(key),
        version_(&version) {}

  Result<> apply_all(std::span<const ShopperChange> changes, const FeedPosition& position);
  [[nodiscard]] bool is_stopping() const {
    return stopping_ != nullptr && stopping_->load(std::memory_order_relaxed);
  }
  template <class Work>
  Result<> in_transaction(const Work& work);
  Result<std::int64_t> apply_singly(std::span<const ShopperChange> changes);
  template <class T>
  [[nodiscard]] Result<T> looked(Result<T> result) {
    return look_for_damage(database_, *version_, std::move(result));
  }
  Result<> write_all(std::span<const ShopperChange> changes, const FeedPosition& position);
  Result<> apply_change(const ShopperPut& put);
  Result<> apply_change(const ShopperRemove& remove);
  Result<> apply_change(const InstrumentPut& put);
  Result<> apply_change(const DocumentUnclear& document);
  /// Keeps, or forgets, that the newest version of this document cannot be understood.
  Result<> note_unclear(std::string_view document_id, std::string_view unclear);
  Result<> remove_shopper(std::string_view document_id);
  Result<std::int64_t> upsert(const ShopperPut& put, const std::optional<KnownDocument>& known);
  Result<> claim_keys(const ShopperPut& put, std::int64_t id);
  Result<> release_keys(const KnownDocument& known, std::string_view kept);
  Result<std::optional<KnownDocument>> find(std::string_view document_id);
  void hash_keys(const std::vector<std::string>& keys);

  std::string rebuilt_;
  sqlite::Database database_;
  sqlite::TransactionStatements transactions_;
  KeyHasher hasher_;
  CacheVersion* version_;
  const std::atomic<bool>* stopping_ = nullptr;
  std::string hashes_;            ///< of the document at hand, 16 bytes each; kept for its memory
  bool is_any_unclear_ = true;    ///< false: unclear_document is empty, nothing is to be forgotten
  std::optional<Error> refused_;  ///< why the last transaction failed, where that was no damage

  sqlite::Statement find_document_ = prepare(cache_sql::find_document);
  sqlite::Statement insert_document_ = prepare(cache_sql::insert_document);
  sqlite::Statement update_document_ = prepare(cache_sql::update_document);
  sqlite::Statement delete_document_ = prepare(cache_sql::delete_document);
  sqlite::Statement block_document_ = prepare(cache_sql::block_document);
  sqlite::Statement claim_key_ = prepare(cache_sql::claim_key);
  sqlite::Statement claim_free_key_ = prepare(cache_sql::claim_free_key);
  sqlite::Statement release_key_ = prepare(cache_sql::release_key);
  sqlite::Statement block_key_ = prepare(cache_sql::block_key);
  sqlite::Statement count_shoppers_ = prepare(cache_sql::count_shoppers);

  sqlite::Statement select_position_ = prepare(cache_sql::select_position);
  sqlite::Statement move_cursor_ = prepare(cache_sql::move_cursor);
  sqlite::Statement list_documents_ = prepare(cache_sql::list_documents);
  sqlite::Statement has_document_ = prepare(cache_sql::has_document);
  sqlite::Statement any_unclear_ = prepare(cache_sql::any_unclear);
  sqlite::Statement keep_unclear_ = prepare(cache_sql::keep_unclear);
  sqlite::Statement forget_unclear_ = prepare(cache_sql::forget_unclear);
  sqlite::Statement count_unclear_ = prepare(cache_sql::count_unclear);
  InstrumentTable instruments_{database_};

 private:
  [[nodiscard]] sqlite::Statement prepare(const sqlite::NamedStatement& named) const {
    return {database_.handle(), named};
  }
};

namespace {

std::string_view nth_hash(std::string_view hashes, std::size_t offset) {
  return hashes.substr(offset, hash_size);
}

bool has_hash(std::string_view hashes, std::string_view wanted) {
  for (std::size_t offset = 0; offset < hashes.size(); offset += hash_size) {
    if (nth_hash(hashes, offset) == wanted) return true;
  }
  return false;
}

}  // namespace

Result<CacheWriter> CacheWriter::open(const std::filesystem::path& file, const HashKey& key,
                                      CacheVersion& version, milliseconds lock_wait_max) {
  auto opened = open_cache_file(file, KeyHasher(key).key_check(), lock_wait_max);
  if (!opened) return propagate(std::move(opened));
  return CacheWriter(std::make_unique<State>(std::move(*opened), key, version));
}

Result<CacheWriter> CacheWriter::open_as_it_is(const std::filesystem::path& file,
                                               const HashKey& key, CacheVersion& version,
                                               milliseconds lock_wait_max) {
  auto opened = open_cache_as_it_is(file, KeyHasher(key).key_check(), lock_wait_max);
  if (!opened) return propagate(std::move(opened));
  if (opened->had_wrong_number) version.damaged.store(true, std::memory_order_relaxed);
  return CacheWriter(std::make_unique<State>(std::move(*opened), key, version));
}

std::int64_t CacheWriter::newest_schema() noexcept {
  return std::ssize(sql::cache_migrations);
}

CacheWriter::CacheWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CacheWriter::~CacheWriter() = default;
CacheWriter::CacheWriter(CacheWriter&&) noexcept = default;
CacheWriter& CacheWriter::operator=(CacheWriter&&) noexcept = default;

Result<> CacheWriter::limit_size(std::int64_t max_bytes) {
  auto page_size = state_->database_.integer("PRAGMA page_size");
  if (!page_size) return propagate(std::move(page_size));
  return state_->database_.execute(
      fmt::format("PRAGMA max_page_count = {}", max_bytes / *page_size));
}

Result<> CacheWriter::look_over() {
  return state_->looked(store::look_over(state_->database_));
}

const std::string& CacheWriter::rebuilt() const {
  return state_->rebuilt_;
}

Result<> CacheWriter::apply(std::span<const ShopperChange> changes, const FeedPosition& position) {
  Result<> applied = state_->apply_all(changes, position);
  if (applied) {
    state_->version_->commits.fetch_add(1, std::memory_order_release);
    return applied;
  }
  return propagate(std::move(applied), "applying changes to the shopper cache");
}

Result<std::int64_t> CacheWriter::apply_singly(std::span<const ShopperChange> changes) {
  auto applied = state_->apply_singly(changes);
  if (applied) return applied;
  return propagate(std::move(applied), "applying single changes to the damaged shopper cache");
}

bool CacheWriter::is_damaged() const {
  return state_->version_->damaged.load(std::memory_order_relaxed);
}

void CacheWriter::end_early_once(const std::atomic<bool>& stopping) {
  state_->stopping_ = &stopping;
}

Result<FeedPosition> CacheWriter::position() {
  auto position = state_->looked(state_->select_position_.first(read_position));
  if (!position) return propagate(std::move(position));
  return position->value_or(FeedPosition{});
}

Result<std::int64_t> CacheWriter::shopper_count() {
  const auto count = state_->looked(state_->count_shoppers_.first(sqlite::read_number));
  if (!count) return propagate(count);
  return count->value_or(0);
}

Result<UnclearCounts> CacheWriter::unclear_counts() {
  const auto read = [](const sqlite::Rows& row) {
    return UnclearCounts{row.integer(0), row.integer(1)};
  };
  auto counts = state_->looked(state_->count_unclear_.first(read, Status::blocked));
  if (!counts) return propagate(std::move(counts));
  return counts->value_or(UnclearCounts{});
}

Result<bool> CacheWriter::knows(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) { return row.integer(0) != 0; };
  auto known = state_->looked(state_->has_document_.first(read, document_id));
  if (!known) return propagate(std::move(known));
  return known->value_or(false);
}

Result<std::vector<std::string>> CacheWriter::document_ids(std::string_view after,
                                                           std::size_t limit) {
  return state_->looked(
      state_->list_documents_.all(sqlite::read_text, after, static_cast<std::int64_t>(limit)));
}

Result<> CacheWriter::State::apply_all(std::span<const ShopperChange> changes,
                                       const FeedPosition& reached) {
  return in_transaction([&] { return write_all(changes, reached); });
}

template <class Work>
Result<> CacheWriter::State::in_transaction(const Work& work) {
  auto transaction =
      sqlite::Transaction::begin(database_, transactions_, sqlite::Transaction::Kind::write);
  Result<> done = transaction ? work() : Result<>(propagate(std::move(transaction)));
  if (done) done = transaction->commit();
  // Looked at here, because the rollback of the transaction would hide it.
  const bool is_refused = !done && !database_.found_damage();
  refused_ = is_refused ? std::optional(done.error()) : std::nullopt;
  return looked(std::move(done));
}

Result<std::int64_t> CacheWriter::State::apply_singly(std::span<const ShopperChange> changes) {
  is_any_unclear_ = true;
  Withdrawal withdrawal(database_, transactions_, hasher_, instruments_);
  std::optional<Error> refused;
  bool is_any_taken = false;
  for (const ShopperChange& change : changes) {
    if (is_stopping()) break;
    const auto apply = [&] {
      return std::visit([this](const auto& one) { return apply_change(one); }, change);
    };
    if (in_transaction(apply)) {
      is_any_taken = true;
      continue;
    }
    // What cannot pass and does not concern all has to do with the damage (a constraint).
    const bool may_pass = refused_ && (refused_->remedy == Remedy::retry || !is_any_taken);
    if (may_pass) refused = std::move(refused_);
    withdrawal.withdraw(change);
  }
  withdrawal.finish(stopping_);
  version_->commits.fetch_add(1, std::memory_order_release);
  if (is_stopping()) return failure(Remedy::retry, "gatehoused stops");
  if (!refused && withdrawal.without_effect() > 0) refused = withdrawal.refused();
  if (refused) return std::unexpected(std::move(*refused));
  return withdrawal.without_effect();
}

Result<> CacheWriter::State::write_all(std::span<const ShopperChange> changes,
                                       const FeedPosition& reached) {
  const auto any = any_unclear_.first([](const sqlite::Rows& row) { return row.integer(0) != 0; });
  if (!any) return propagate(any);
  is_any_unclear_ = any->value_or(false);
  for (const ShopperChange& change : changes) {
    if (is_stopping()) return failure(Remedy::retry, "gatehoused stops");
    Result<> applied = std::visit([this](const auto& one) { return apply_change(one); }, change);
    if (!applied) return applied;
  }
  const std::int64_t synced_at_ms = reached.synced_at ? to_unix_ms(*reached.synced_at) : 0;
  return move_cursor_.run(std::string_view(reached.cursor), reached.complete, synced_at_ms);
}

Result<> CacheWriter::State::apply_change(const ShopperPut& put) {
  if (Result<> noted = note_unclear(put.document_id, put.unclear); !noted) return noted;
  if (is_instrument(put.document_id)) {  // and the other way round
    if (Result<> removed = instruments_.remove(put.document_id); !removed) return removed;
  }
  hash_keys(put.keys);
  auto known = find(put.document_id);
  if (!known) return propagate(std::move(known));
  auto id = upsert(put, *known);
  if (!id) return propagate(std::move(id));
  if (*known) {
    if (Result<> released = release_keys(**known, hashes_); !released) return released;
  }
  return claim_keys(put, *id);
}

Result<> CacheWriter::State::claim_keys(const ShopperPut& put, std::int64_t id) {
  sqlite::Statement& claim = put.unclear.empty() ? claim_key_ : claim_free_key_;
  for (std::size_t offset = 0; offset < hashes_.size(); offset += hash_size) {
    Result<> claimed = claim.run(sqlite::Blob{nth_hash(hashes_, offset)}, id,
                                 std::string_view(put.shopper_id), put.role, put.status);
    if (!claimed) return claimed;
  }
  return {};
}

Result<> CacheWriter::State::apply_change(const ShopperRemove& remove) {
  if (Result<> noted = note_unclear(remove.document_id, {}); !noted) return noted;
  if (is_instrument(remove.document_id)) {
    if (Result<> removed = instruments_.remove(remove.document_id); !removed) return removed;
  }
  return remove_shopper(remove.document_id);
}

Result<> CacheWriter::State::apply_change(const InstrumentPut& put) {
  // A document that was a shopper and became an instrument is not a shopper any more.
  if (Result<> removed = remove_shopper(put.document_id); !removed) return removed;
  if (Result<> noted = note_unclear(put.document_id, put.unclear); !noted) return noted;
  return instruments_.put(put);
}

Result<> CacheWriter::State::apply_change(const DocumentUnclear& document) {
  const std::string_view id = document.document_id;
  if (Result<> noted = note_unclear(id, document.unclear); !noted) return noted;
  auto known = find(id);
  if (!known) return propagate(std::move(known));
  if (!*known) {
    if (!is_instrument(id)) return {};
    return instruments_.put({document.document_id, {}, document.unclear});
  }
  const std::string_view claimed = (*known)->key_hashes;
  for (std::size_t offset = 0; offset < claimed.size(); offset += hash_size) {
    const sqlite::Blob hash{nth_hash(claimed, offset)};
    Result<> blocked = block_key_.run(hash, (*known)->id, Status::blocked);
    if (!blocked) return blocked;
  }
  return block_document_.run((*known)->id, Status::blocked);
}

Result<> CacheWriter::State::note_unclear(std::string_view document_id, std::string_view unclear) {
  if (unclear.empty()) return is_any_unclear_ ? forget_unclear_.run(document_id) : Result<>{};
  is_any_unclear_ = true;
  return keep_unclear_.run(document_id, unclear, unclear_documents_max);
}

Result<> CacheWriter::State::remove_shopper(std::string_view document_id) {
  auto known = find(document_id);
  if (!known) return propagate(std::move(known));
  if (!*known) return {};
  if (Result<> released = release_keys(**known, {}); !released) return released;
  return delete_document_.run((*known)->id);
}

Result<std::int64_t> CacheWriter::State::upsert(const ShopperPut& put,
                                                const std::optional<KnownDocument>& known) {
  const std::string_view shopper_id = put.shopper_id;
  const std::string_view loyalty = put.loyalty;
  const sqlite::Blob key_hashes{hashes_};
  Result<> written =
      known ? update_document_.run(known->id, shopper_id, put.role, put.status, loyalty, key_hashes)
            : insert_document_.run(std::string_view(put.document_id), shopper_id, put.role,
                                   put.status, loyalty, key_hashes);
  if (!written) return propagate(std::move(written));
  return known ? known->id : database_.last_insert_id();
}

Result<> CacheWriter::State::release_keys(const KnownDocument& known, std::string_view kept) {
  const std::string_view old = known.key_hashes;
  for (std::size_t offset = 0; offset < old.size(); offset += hash_size) {
    const std::string_view hash = nth_hash(old, offset);
    if (has_hash(kept, hash)) continue;
    if (Result<> released = release_key_.run(sqlite::Blob{hash}, known.id); !released) {
      return released;
    }
  }
  return {};
}

Result<std::optional<KnownDocument>> CacheWriter::State::find(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) {
    return KnownDocument{row.integer(0), std::string(row.blob(1))};
  };
  return find_document_.first(read, document_id);
}

void CacheWriter::State::hash_keys(const std::vector<std::string>& keys) {
  hashes_.clear();
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    const KeyHash hash = hasher_.hash(key);
    hashes_.append(as_blob(hash).bytes);
  }
}

}  // namespace gatehouse::store
