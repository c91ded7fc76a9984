#include "store/cache/answer_holder.hpp"

#include <cstring>
#include <utility>

#include "store/cache/cache_file.hpp"
#include "store/sql/cache_sql.hpp"

namespace gatehouse::store {
namespace {

constexpr std::size_t hash_size = sizeof(KeyHash);

KeyHash key_at(std::string_view hashes, std::size_t offset) {
  KeyHash hash{};
  std::memcpy(hash.data(), hashes.data() + offset, hash_size);
  return hash;
}

Result<> held_or(bool held) {
  if (held) return {};
  return failure(Remedy::retry, "memory holds no more blocks and removals");
}

}  // namespace

struct AnswerHolder::Document {
  std::int64_t id = 0;
  std::string key_hashes;
};

AnswerHolder::AnswerHolder(sqlite::Database& database, KeyHasher& hasher,
                           InstrumentTable& instruments)
    : hasher_(hasher),
      instruments_(instruments),
      find_document_(database.handle(), cache_sql::find_document),
      owner_of_key_(database.handle(), cache_sql::owner_of_key),
      find_shopper_(database.handle(), cache_sql::find_shopper) {}

Result<> AnswerHolder::hold(std::span<const ShopperChange> changes, HeldAnswers& into) {
  into_ = &into;
  for (const ShopperChange& change : changes) {
    Result<> held = std::visit([this](const auto& one) { return hold_one(one); }, change);
    if (!held) return propagate(std::move(held), "holding a change in memory");
  }
  return {};
}

Result<> AnswerHolder::hold_one(const ShopperPut& put) {
  const std::string hashes = hashes_of(put.keys);
  if (Result<> released = change_own(put.document_id, hashes, std::nullopt); !released) {
    return released;
  }
  return claim(put, hashes);
}

Result<> AnswerHolder::hold_one(const ShopperRemove& remove) {
  if (is_instrument(remove.document_id)) {
    if (Result<> held = held_or(into_->hold(remove.document_id, std::nullopt)); !held) return held;
  }
  return change_own(remove.document_id, {}, std::nullopt);
}

Result<> AnswerHolder::hold_one(const KeysLeft& left) {
  return change_own(left.document_id, hashes_of(left.keys), std::nullopt);
}

Result<> AnswerHolder::hold_one(const InstrumentPut& put) {
  auto joined = instruments_.joined_with_what_is_there(put);
  if (!joined) return propagate(std::move(joined));
  return held_or(into_->hold(put.document_id, std::optional(std::move(*joined))));
}

Result<> AnswerHolder::hold_one(const DocumentUnclear& document) {
  if (is_instrument(document.document_id)) {
    return hold_one(InstrumentPut{document.document_id, {}, document.unclear});
  }
  return change_own(document.document_id, {}, Status::blocked);
}

Result<> AnswerHolder::change_own(std::string_view document_id, std::string_view kept,
                                  std::optional<Status> status) {
  auto known = find(document_id);
  if (!known) return propagate(std::move(known));
  if (!*known) return {};
  const std::string_view hashes = (*known)->key_hashes;
  const auto number = [](const sqlite::Rows& row) { return row.integer(0); };
  const auto read = [](const sqlite::Rows& row) {
    return Shopper{row.string(0), row.enumeration<Role>(1), row.enumeration<Status>(2)};
  };
  for (std::size_t offset = 0; offset < hashes.size(); offset += hash_size) {
    const sqlite::Blob blob{hashes.substr(offset, hash_size)};
    if (has_hash(kept, blob.bytes)) continue;
    const auto owner = owner_of_key_.first(number, blob);
    if (!owner) return propagate(owner);
    if (*owner != (*known)->id) continue;
    std::optional<Shopper> answer;
    if (status) {
      auto shopper = find_shopper_.first(read, blob);
      if (!shopper) return propagate(std::move(shopper));
      answer = std::move(*shopper);
      if (answer) answer->status = *status;
    }
    const KeyHash key = key_at(hashes, offset);
    if (Result<> held = held_or(into_->hold(key, std::move(answer))); !held) return held;
  }
  return {};
}

/// As the cache does: the one that came last has the key, but one that cannot be understood takes
/// none from anybody.
Result<> AnswerHolder::claim(const ShopperPut& put, std::string_view hashes) {
  auto known = find(put.document_id);
  if (!known) return propagate(std::move(known));
  const auto number = [](const sqlite::Rows& row) { return row.integer(0); };
  for (std::size_t offset = 0; offset < hashes.size(); offset += hash_size) {
    const auto owner = owner_of_key_.first(number, sqlite::Blob{hashes.substr(offset, hash_size)});
    if (!owner) return propagate(owner);
    const bool is_others = *owner && (!*known || **owner != (*known)->id);
    if (is_others && !put.unclear.empty()) continue;
    const KeyHash key = key_at(hashes, offset);
    const Shopper answer{put.shopper_id, put.role, put.status};
    if (Result<> held = held_or(into_->hold(key, answer)); !held) return held;
  }
  return {};
}

std::string AnswerHolder::hashes_of(const std::vector<std::string>& keys) {
  std::string hashes;
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    const KeyHash hash = hasher_.hash(key);
    hashes.append(as_blob(hash).bytes);
  }
  return hashes;
}

Result<std::optional<AnswerHolder::Document>> AnswerHolder::find(std::string_view document_id) {
  const auto read = [](const sqlite::Rows& row) {
    return Document{row.integer(0), std::string(row.blob(1))};
  };
  return find_document_.first(read, document_id);
}

}  // namespace gatehouse::store
