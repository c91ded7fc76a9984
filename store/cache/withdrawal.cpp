#include "store/cache/withdrawal.hpp"

#include <limits>
#include <utility>

#include "store/sql/cache_sql.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t hash_size = sizeof(KeyHash);
constexpr std::size_t prefix_size = sizeof(std::uint64_t);
constexpr std::uint64_t prefix_max = std::numeric_limits<std::uint64_t>::max();
/// A range at both ends of which no key can be read is halved so often, in search of keys between
/// two damaged pages.
constexpr int blind_max = 6;
/// So many ranges that cannot be read through are looked at in one batch.
constexpr std::size_t ranges_max = 4'096;

std::string prefix_of(std::uint64_t number) {
  std::string bytes(prefix_size, '\0');
  for (std::size_t i = prefix_size; i-- > 0; number >>= 8) {
    bytes[i] = static_cast<char>(number & 0xff);
  }
  return bytes;
}

std::uint64_t number_of(std::string_view hash) {
  std::uint64_t number = 0;
  for (const char c : hash.substr(0, prefix_size)) {
    number = (number << 8) | static_cast<unsigned char>(c);
  }
  return number;
}

/// The first one that is beyond all hashes of this prefix.
std::string beyond(std::uint64_t prefix) {
  if (prefix == prefix_max) return std::string(hash_size + 1, '\xff');
  return prefix_of(prefix + 1);
}

template <class Work>
void for_each_hash(std::string_view hashes, const Work& work) {
  for (std::size_t offset = 0; offset < hashes.size(); offset += hash_size) {
    work(hashes.substr(offset, hash_size));
  }
}

bool has(std::string_view hashes, std::string_view wanted) {
  bool found = false;
  for_each_hash(hashes, [&](std::string_view hash) { found = found || hash == wanted; });
  return found;
}

}  // namespace

Withdrawal::Withdrawal(sqlite::Database& database, sqlite::TransactionStatements& transactions,
                       KeyHasher& hasher, InstrumentTable& instruments)
    : database_(database),
      transactions_(transactions),
      hasher_(hasher),
      instruments_(instruments),
      find_document_(database.handle(), cache_sql::find_document),
      find_document_id_(database.handle(), cache_sql::find_document_id),
      key_standing_(database.handle(), cache_sql::key_standing),
      keys_up_(database.handle(), cache_sql::keys_up),
      keys_down_(database.handle(), cache_sql::keys_down),
      claim_key_(database.handle(), cache_sql::claim_key),
      claim_free_key_(database.handle(), cache_sql::claim_free_key),
      release_key_(database.handle(), cache_sql::release_key),
      block_key_(database.handle(), cache_sql::block_key),
      block_any_key_(database.handle(), cache_sql::block_any_key),
      forget_any_key_(database.handle(), cache_sql::forget_any_key) {}

void Withdrawal::withdraw(const ShopperChange& change) {
  is_left_ = false;
  std::visit([this](const auto& one) { withdraw_one(one); }, change);
  if (is_left_) ++without_effect_;
}

void Withdrawal::withdraw_one(const ShopperPut& put) {
  std::string hashes;
  for (const std::string& key : put.keys) {
    if (!key.empty()) hashes.append(as_blob(hasher_.hash(key)).bytes);
  }
  const Document known = find(put.document_id);
  if (known.id) {
    claim(put, known, hashes);
    let_go(known, hashes);
  } else {
    // Others' keys, as an applied one would take them.
    const bool takes = put.status == Status::blocked && put.unclear.empty();
    if (takes) for_each_hash(hashes, [this](std::string_view hash) { block_any({hash}); });
  }
  if (!known.is_sure) is_left_ = true;
}

void Withdrawal::withdraw_one(const ShopperRemove& remove) {
  const Document known = find(remove.document_id);
  let_go(known, {});
  if (!known.is_sure) is_left_ = true;
}

void Withdrawal::withdraw_one(const InstrumentPut& put) {
  withdraw_one(ShopperRemove{put.document_id});  // it may have been a shopper
  if (!write([&] { return instruments_.put(put); })) is_left_ = true;
}

void Withdrawal::withdraw_one(const DocumentUnclear& unclear) {
  const Document known = find(unclear.document_id);
  let_go(known, {});
  if (!known.is_sure) is_left_ = true;
  if (!is_instrument(unclear.document_id)) return;
  const InstrumentPut put{unclear.document_id, {}, unclear.unclear};
  if (!write([&] { return instruments_.put(put); })) is_left_ = true;
}

Withdrawal::Document Withdrawal::find(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) {
    return Document{row.integer(0), std::string(row.blob(1))};
  };
  if (auto whole = find_document_.first(read, document_id)) return whole->value_or(Document{});
  const auto id = find_document_id_.first(sqlite::read_number, document_id);
  if (!id) (void)is_damage(id.error());
  if (!id) return {.is_sure = false};
  return {.id = *id};
}

/// The row of a key repeats what the gate wants to know, so the record of the shopper is not
/// needed for it. Of a record that can be read, a key that it does not name would never be let go
/// again, so it lets nobody in.
void Withdrawal::claim(const ShopperPut& put, const Document& known, const std::string& hashes) {
  sqlite::Statement& claim = put.unclear.empty() ? claim_key_ : claim_free_key_;
  for_each_hash(hashes, [&](std::string_view hash) {
    const bool is_named = !known.key_hashes || has(*known.key_hashes, hash);
    if (!is_named && put.status == Status::active) return;
    const bool claimed = write([&] {
      return claim.run(sqlite::Blob{hash}, *known.id, std::string_view(put.shopper_id), put.role,
                       put.status);
    });
    if (claimed) return;
    if (put.unclear.empty()) return block_any({hash});
    let_go_of({hash}, *known.id);
  });
}

void Withdrawal::let_go(const Document& known, std::string_view kept) {
  if (!known.id) return;
  if (!known.key_hashes) {
    hidden_[*known.id] = kept;
    return;
  }
  for_each_hash(*known.key_hashes, [&](std::string_view hash) {
    if (!has(kept, hash)) let_go_of({hash}, *known.id);
  });
}

// A row that grows may need room on the next page, which may be the damaged one, and one that goes
// may be the last of its page. And one that is on a damaged page itself the gate does not find
// either.
void Withdrawal::let_go_of(sqlite::Blob hash, std::int64_t id) {
  if (write([&] { return release_key_.run(hash, id); })) return;
  if (write([&] { return block_key_.run(hash, id, Status::blocked); })) return;
  if (lets_in(hash, id)) is_left_ = true;
}

void Withdrawal::block_any(sqlite::Blob hash) {
  if (write([&] { return block_any_key_.run(hash, Status::blocked); })) return;
  if (write([&] { return forget_any_key_.run(hash); })) return;
  if (lets_in(hash, std::nullopt)) is_left_ = true;
}

bool Withdrawal::lets_in(sqlite::Blob hash, std::optional<std::int64_t> id) {
  const auto read = [id](const sqlite::Rows& row) {
    return row.enumeration<Status>(1) == Status::active && (!id || row.integer(0) == *id);
  };
  const auto active = key_standing_.first(read, hash);
  return active ? active->value_or(false) : !is_damage(active.error());
}

void Withdrawal::finish(const std::atomic<bool>* stopping) {
  stopping_ = stopping;
  if (hidden_.empty()) return;
  is_left_ = false;
  std::vector<Range> ranges{{0, prefix_max}};
  for (std::size_t next = 0; next < ranges.size(); ++next) {
    if (next >= ranges_max) is_left_ = true;
    std::vector<Range> halves;
    if (is_left_ || !search(ranges[next], halves)) break;
    ranges.insert(ranges.end(), halves.begin(), halves.end());
  }
  for (const auto& [hash, id] : found_) let_go_of({hash}, id);
  if (is_left_) without_effect_ += std::ssize(hidden_);
}

/// From both ends up to the damage, and then what is between. False: it cannot go on.
bool Withdrawal::search(const Range& range, std::vector<Range>& halves) {
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
  if (read(keys_up_, range, from)) return true;
  if (!is_left_) (void)read(keys_down_, range, to);
  if (is_left_) return false;
  if (from == prefix_max || to == 0) return true;
  const Range between{from ? *from + 1 : range.from, to ? *to - 1 : range.to,
                      from || to ? 0 : range.blind + 1};
  if (between.blind > blind_max || between.from >= between.to) return true;
  const std::uint64_t middle = between.from + (between.to - between.from) / 2;
  halves = {{between.from, middle, between.blind}, {middle + 1, between.to, between.blind}};
  return true;
}

/// Collects what is sought. True: to the end. `last` is where it came to.
bool Withdrawal::read(sqlite::Statement& keys, const Range& range,
                      std::optional<std::uint64_t>& last) {
  const std::string from = prefix_of(range.from);
  const std::string to = beyond(range.to);
  sqlite::Rows rows = keys.query(sqlite::Blob{from}, sqlite::Blob{to});
  while (true) {
    Result<bool> row = rows.next();
    if (is_stopping()) is_left_ = true;
    if (!row && !is_damage(row.error())) is_left_ = true;
    if (!row || is_left_) return false;
    if (!*row) return true;
    const std::string_view hash = rows.blob(0);
    last = number_of(hash);
    const auto sought = hidden_.find(rows.integer(1));
    if (sought == hidden_.end() || has(sought->second, hash)) continue;
    found_.emplace_back(hash, sought->first);
  }
}

/// Whether it is kept.
template <class Work>
bool Withdrawal::write(const Work& work) {
  auto transaction =
      sqlite::Transaction::begin(database_, transactions_, sqlite::Transaction::Kind::write);
  Result<> done = transaction ? work() : Result<>(propagate(std::move(transaction)));
  if (done) done = transaction->commit();
  // Looked at here, because the rollback of the transaction would hide it.
  if (!done) (void)is_damage(done.error());
  return done.has_value();
}

bool Withdrawal::is_damage(const Error& error) {
  if (database_.found_damage()) return true;
  refused_ = error;
  return false;
}

}  // namespace gatehouse::store
