#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "store/cache/records.hpp"

namespace gatehouse::sync {

/// What could be read of a document of type "shopper".
struct ShopperReading {
  store::ShopperPut put;  ///< without its document_id
  /// Its keys cannot be read, so nobody knows whom it is about: of no use but to say that the
  /// version before does not count any more. '' or what is wrong with them.
  std::string wrong_keys;
  /// Its keys can be read, but not who that is or whether they may enter: `put` is blocked. '' or
  /// what is wrong.
  std::string wrong;
  /// Taken without its loyalty. '' or what is wrong with that.
  std::string wrong_loyalty;
};

/// Reads the document (docs/feed-and-cloud.md). Unknown members are passed over, and a member that
/// is not of its type, or discarded, is wrong. The reasons have none of its contents.
[[nodiscard]] ShopperReading read_shopper(const nlohmann::json& document);

/// Whether the text can be an id or a key: 1 to 1024 bytes.
[[nodiscard]] bool is_acceptable_id(const std::string* text);
inline constexpr std::size_t id_max_bytes = 1024;

}  // namespace gatehouse::sync
