#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/values/money.hpp"
#include "store/values/time.hpp"

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
  /// In the clear: hashed before they touch the disk. An empty one is passed over: nobody may be
  /// found by an empty scan.
  std::vector<std::string> keys;
  std::string loyalty;  ///< JSON, or ''
  /// What of this version cannot be understood, without its contents: then `status` is blocked,
  /// until a version comes that can be. '' for all others.
  std::string unclear{};
};
/// Whatever the document was: a shopper or an instrument.
struct ShopperRemove {
  std::string document_id;
};

// On disk: never renumber, only add.
enum class InstrumentDecision : int { none = 0, accept = 1, deny = 2 };

/// What the store holds against, or grants to, one payment instrument.
struct Instrument {
  std::optional<Money> outstanding;  ///< what is still owed from earlier trips
  std::vector<std::string> risks;    ///< as the feed spells them; none contains a line feed
  InstrumentDecision decision = InstrumentDecision::none;
  std::optional<Money> authorize;  ///< what the pre-authorisation is adjusted to
  /// Its newest version cannot be understood. What is held against it stands, more may be.
  bool unclear = false;

  bool operator==(const Instrument&) const = default;
};

/// What the _id of an instrument's document begins with; Amazon's id of the instrument follows.
inline constexpr std::string_view instrument_prefix = "instrument:";
/// Whether a document of this _id can be an instrument.
[[nodiscard]] bool is_instrument(std::string_view document_id);

struct InstrumentPut {
  std::string document_id;  ///< instrument_prefix and the id
  Instrument instrument;
  /// What of this version cannot be understood, without its contents. Then it adds to what is held
  /// against the instrument, takes nothing of that away, and grants nothing. '' for all others.
  std::string unclear{};
};

/// A document whose newest version cannot be understood at all. The version before must not let
/// anybody in: a shopper that is there is blocked, an instrument becomes unclear. Whom it would be
/// about where nothing is there is not known.
struct DocumentUnclear {
  std::string document_id;
  std::string unclear;  ///< why, without its contents
};
using ShopperChange = std::variant<ShopperPut, ShopperRemove, InstrumentPut, DocumentUnclear>;

/// Documents whose newest version cannot be understood, until one comes that can be. Kept across
/// restarts; the first unclear_documents_max are counted.
struct UnclearCounts {
  std::int64_t documents = 0;
  std::int64_t shoppers = 0;  ///< of these, shoppers that are refused for it
  bool operator==(const UnclearCounts&) const = default;
};
inline constexpr std::int64_t unclear_documents_max = 10'000;

/// What the feed says about a shopper for GetScanDetails.
struct Loyalty {
  Status status = Status::active;
  std::string json;  ///< the feed's loyalty object, '' where there is none
};

/// Where the replica stands.
struct FeedPosition {
  std::string cursor;  ///< '' before the first batch
  bool complete = false;
  std::optional<WallTime> synced_at;
};

/// What the two ends of one file tell each other. Thread-safe.
struct CacheVersion {
  /// Of the writer: its readers renew their read transaction when it has counted up.
  std::atomic<std::uint64_t> commits{0};
  /// One of them met a damaged page, or a row that nobody wrote.
  std::atomic<bool> damaged{false};
};

}  // namespace gatehouse::store
