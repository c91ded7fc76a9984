#include "store/cache/cache_file.hpp"
#include "store/cache/instrument_table.hpp"
#include "store/sql/cache_migrations.hpp"
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
  State(std::filesystem::path path, CacheFile opened, const HashKey& key, CacheVersion& shared)
      : file(std::move(path)),
        rebuilt(std::move(opened.rebuilt)),
        database(std::move(opened.database)),
        transactions(database),
        hasher(key),
        version(&shared) {}

  Result<> apply_all(std::span<const ShopperChange> changes, const FeedPosition& position);
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

  std::filesystem::path file;
  std::string rebuilt;
  sqlite::Database database;
  sqlite::TransactionStatements transactions;
  KeyHasher hasher;
  CacheVersion* version;
  std::string hashes;       ///< of the document at hand, 16 bytes each; kept for its memory
  bool any_unclear = true;  ///< false: unclear_document is empty, so nothing is to be forgotten

  sqlite::Statement find_document{database.handle(),
                                  "SELECT id, key_hashes FROM shopper WHERE document_id = ?1"};
  sqlite::Statement insert_document{
      database.handle(),
      "INSERT INTO shopper (document_id, shopper_id, role, status, loyalty, key_hashes)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
  sqlite::Statement update_document{
      database.handle(),
      "UPDATE shopper SET shopper_id = ?2, role = ?3, status = ?4, loyalty = ?5, key_hashes = ?6"
      " WHERE id = ?1"};
  sqlite::Statement delete_document{database.handle(), "DELETE FROM shopper WHERE id = ?1"};
  sqlite::Statement claim_key{
      database.handle(),
      "INSERT INTO credential (key_hash, shopper, shopper_id, role, status)"
      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key_hash)"
      " DO UPDATE SET shopper = ?2, shopper_id = ?3, role = ?4, status = ?5"
      " WHERE shopper <> ?2 OR shopper_id <> ?3 OR role <> ?4 OR status <> ?5"};
  // What cannot be understood takes nothing from anybody.
  sqlite::Statement claim_free_key{
      database.handle(),
      "INSERT INTO credential (key_hash, shopper, shopper_id, role, status)"
      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key_hash)"
      " DO UPDATE SET shopper_id = ?3, role = ?4, status = ?5 WHERE shopper = ?2"};
  // Only its own: another document may have claimed the key since.
  sqlite::Statement release_key{database.handle(),
                                "DELETE FROM credential WHERE key_hash = ?1 AND shopper = ?2"};
  sqlite::Statement move_cursor{
      database.handle(),
      "UPDATE feed_position SET cursor = ?1, complete = ?2, synced_at_ms = ?3 WHERE id = 1"};
  sqlite::Statement position{database.handle(), std::string(select_position)};
  sqlite::Statement list_documents{
      database.handle(),
      "SELECT document_id FROM shopper WHERE document_id > ?1 UNION"
      " SELECT document_id FROM instrument WHERE document_id > ?1 UNION"
      " SELECT document_id FROM unclear_document WHERE document_id > ?1"
      " ORDER BY document_id LIMIT ?2"};
  sqlite::Statement block_document{database.handle(),
                                   "UPDATE shopper SET status = ?2 WHERE id = ?1"};
  // Only its own, as above.
  sqlite::Statement block_key{
      database.handle(), "UPDATE credential SET status = ?3 WHERE key_hash = ?1 AND shopper = ?2"};
  sqlite::Statement keep_unclear{database.handle(),
                                 "INSERT INTO unclear_document (document_id, unclear) SELECT ?1, ?2"
                                 " WHERE (SELECT count(*) FROM unclear_document) < ?3"
                                 " ON CONFLICT (document_id) DO UPDATE SET unclear = ?2"};
  sqlite::Statement forget_unclear{database.handle(),
                                   "DELETE FROM unclear_document WHERE document_id = ?1"};
  sqlite::Statement count_unclear{
      database.handle(),
      "SELECT count(*), count(shopper.id) FROM unclear_document LEFT JOIN shopper"
      " ON shopper.document_id = unclear_document.document_id AND shopper.status = ?1"};
  sqlite::Statement has_document{database.handle(),
                                 "SELECT EXISTS (SELECT 1 FROM shopper WHERE document_id = ?1)"
                                 " OR EXISTS (SELECT 1 FROM instrument WHERE document_id = ?1)"};
  InstrumentTable instruments{database};
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
                                      CacheVersion& version) {
  auto opened = open_cache_file(file, KeyHasher(key).key_check());
  if (!opened) return propagate(std::move(opened));
  return CacheWriter(std::make_unique<State>(file, std::move(*opened), key, version));
}

std::int64_t CacheWriter::newest_schema() noexcept {
  return std::ssize(sql::cache_migrations);
}

CacheWriter::CacheWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CacheWriter::~CacheWriter() = default;
CacheWriter::CacheWriter(CacheWriter&&) noexcept = default;
CacheWriter& CacheWriter::operator=(CacheWriter&&) noexcept = default;

const std::string& CacheWriter::rebuilt() const {
  return state_->rebuilt;
}

Result<> CacheWriter::apply(std::span<const ShopperChange> changes, const FeedPosition& position) {
  Result<> applied = state_->apply_all(changes, position);
  if (applied) {
    state_->version->fetch_add(1, std::memory_order_release);
    return applied;
  }
  return propagate(std::move(applied), "applying changes to the shopper cache");
}

Result<FeedPosition> CacheWriter::position() {
  auto position = state_->position.first(read_position);
  if (!position) return propagate(std::move(position));
  return position->value_or(FeedPosition{});
}

Result<std::int64_t> CacheWriter::shopper_count() {
  return state_->database.integer("SELECT count(*) FROM shopper");
}

Result<UnclearCounts> CacheWriter::unclear_counts() {
  const auto read = [](const sqlite::Rows& row) {
    return UnclearCounts{row.integer(0), row.integer(1)};
  };
  auto counts = state_->count_unclear.first(read, Status::blocked);
  if (!counts) return propagate(std::move(counts));
  return counts->value_or(UnclearCounts{});
}

Result<bool> CacheWriter::knows(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) { return row.integer(0) != 0; };
  auto known = state_->has_document.first(read, document_id);
  if (!known) return propagate(std::move(known));
  return known->value_or(false);
}

Result<std::vector<std::string>> CacheWriter::document_ids(std::string_view after,
                                                           std::size_t limit) {
  return state_->list_documents.all([](const sqlite::Rows& row) { return row.string(0); }, after,
                                    static_cast<std::int64_t>(limit));
}

Result<> CacheWriter::State::apply_all(std::span<const ShopperChange> changes,
                                       const FeedPosition& reached) {
  auto transaction =
      sqlite::Transaction::begin(database, transactions, sqlite::Transaction::Kind::write);
  if (!transaction) return propagate(std::move(transaction));
  Result<> done = write_all(changes, reached);
  if (done) done = transaction->commit();
  // Asked here, because the rollback of the transaction would hide it.
  if (!done && database.found_damage()) {
    return std::unexpected(note_damage(file, std::move(done.error())));
  }
  return done;
}

Result<> CacheWriter::State::write_all(std::span<const ShopperChange> changes,
                                       const FeedPosition& reached) {
  const auto counted = database.integer("SELECT EXISTS (SELECT 1 FROM unclear_document)");
  if (!counted) return propagate(counted);
  any_unclear = *counted != 0;
  for (const ShopperChange& change : changes) {
    Result<> applied = std::visit([this](const auto& one) { return apply_change(one); }, change);
    if (!applied) return applied;
  }
  const std::int64_t synced_at_ms = reached.synced_at ? to_unix_ms(*reached.synced_at) : 0;
  return move_cursor.run(std::string_view(reached.cursor), reached.complete, synced_at_ms);
}

Result<> CacheWriter::State::apply_change(const ShopperPut& put) {
  if (Result<> noted = note_unclear(put.document_id, put.unclear); !noted) return noted;
  if (is_instrument(put.document_id)) {  // and the other way round
    if (Result<> removed = instruments.remove(put.document_id); !removed) return removed;
  }
  hash_keys(put.keys);
  auto known = find(put.document_id);
  if (!known) return propagate(std::move(known));
  auto id = upsert(put, *known);
  if (!id) return propagate(std::move(id));
  if (*known) {
    if (Result<> released = release_keys(**known, hashes); !released) return released;
  }
  return claim_keys(put, *id);
}

Result<> CacheWriter::State::claim_keys(const ShopperPut& put, std::int64_t id) {
  sqlite::Statement& claim = put.unclear.empty() ? claim_key : claim_free_key;
  for (std::size_t offset = 0; offset < hashes.size(); offset += hash_size) {
    Result<> claimed = claim.run(sqlite::Blob{nth_hash(hashes, offset)}, id,
                                 std::string_view(put.shopper_id), put.role, put.status);
    if (!claimed) return claimed;
  }
  return {};
}

Result<> CacheWriter::State::apply_change(const ShopperRemove& remove) {
  if (Result<> noted = note_unclear(remove.document_id, {}); !noted) return noted;
  if (is_instrument(remove.document_id)) {
    if (Result<> removed = instruments.remove(remove.document_id); !removed) return removed;
  }
  return remove_shopper(remove.document_id);
}

Result<> CacheWriter::State::apply_change(const InstrumentPut& put) {
  // A document that was a shopper and became an instrument is not a shopper any more.
  if (Result<> removed = remove_shopper(put.document_id); !removed) return removed;
  if (Result<> noted = note_unclear(put.document_id, put.unclear); !noted) return noted;
  return instruments.put(put);
}

Result<> CacheWriter::State::apply_change(const DocumentUnclear& document) {
  const std::string_view id = document.document_id;
  if (Result<> noted = note_unclear(id, document.unclear); !noted) return noted;
  auto known = find(id);
  if (!known) return propagate(std::move(known));
  if (!*known) {
    if (!is_instrument(id)) return {};
    return instruments.put({document.document_id, {}, document.unclear});
  }
  const std::string_view claimed = (*known)->key_hashes;
  for (std::size_t offset = 0; offset < claimed.size(); offset += hash_size) {
    const sqlite::Blob hash{nth_hash(claimed, offset)};
    Result<> blocked = block_key.run(hash, (*known)->id, Status::blocked);
    if (!blocked) return blocked;
  }
  return block_document.run((*known)->id, Status::blocked);
}

Result<> CacheWriter::State::note_unclear(std::string_view document_id, std::string_view unclear) {
  if (unclear.empty()) return any_unclear ? forget_unclear.run(document_id) : Result<>{};
  any_unclear = true;
  return keep_unclear.run(document_id, unclear, unclear_documents_max);
}

Result<> CacheWriter::State::remove_shopper(std::string_view document_id) {
  auto known = find(document_id);
  if (!known) return propagate(std::move(known));
  if (!*known) return {};
  if (Result<> released = release_keys(**known, {}); !released) return released;
  return delete_document.run((*known)->id);
}

Result<std::int64_t> CacheWriter::State::upsert(const ShopperPut& put,
                                                const std::optional<KnownDocument>& known) {
  const std::string_view shopper_id = put.shopper_id;
  const std::string_view loyalty = put.loyalty;
  const sqlite::Blob key_hashes{hashes};
  Result<> written =
      known ? update_document.run(known->id, shopper_id, put.role, put.status, loyalty, key_hashes)
            : insert_document.run(std::string_view(put.document_id), shopper_id, put.role,
                                  put.status, loyalty, key_hashes);
  if (!written) return propagate(std::move(written));
  return known ? known->id : database.last_insert_id();
}

Result<> CacheWriter::State::release_keys(const KnownDocument& known, std::string_view kept) {
  const std::string_view old = known.key_hashes;
  for (std::size_t offset = 0; offset < old.size(); offset += hash_size) {
    const std::string_view hash = nth_hash(old, offset);
    if (has_hash(kept, hash)) continue;
    if (Result<> released = release_key.run(sqlite::Blob{hash}, known.id); !released) {
      return released;
    }
  }
  return {};
}

Result<std::optional<KnownDocument>> CacheWriter::State::find(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) {
    return KnownDocument{row.integer(0), std::string(row.blob(1))};
  };
  return find_document.first(read, document_id);
}

void CacheWriter::State::hash_keys(const std::vector<std::string>& keys) {
  hashes.clear();
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    const KeyHash hash = hasher.hash(key);
    hashes.append(as_blob(hash).bytes);
  }
}

}  // namespace gatehouse::store
