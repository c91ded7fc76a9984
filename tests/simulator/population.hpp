#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::simulator {

/// A shopper as the retailer's cloud knows them.
struct Shopper {
  std::string shopper_id;  ///< "S-1" for index 0
  bool associate = false;
  bool blocked = false;
  std::vector<std::string> keys;  ///< "1111-2222-3333-4444-5555-6666", at least one
  std::uint64_t points = 0;

  /// The shopper's document in the feed, without `_id` and `_rev`.
  [[nodiscard]] nlohmann::ordered_json document() const;
  [[nodiscard]] std::string document_id() const { return "shopper:" + shopper_id; }
};

/// The e-mail address that Amazon has of an identity.
[[nodiscard]] std::string email_of(std::string_view shopper_identity);

/// The shoppers of a seed. Nothing is stored, each is made when asked for: the world and `shop`
/// agree on a million of them by seed and number alone. About 2 % are blocked, 2 % associates, and
/// 5 % have two or three keys.
class Population {
 public:
  Population(std::uint64_t seed, std::uint64_t size) : seed_(seed), size_(size) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// `index` in [0, size()).
  [[nodiscard]] Shopper shopper(std::uint64_t index) const;
  /// A key that belongs to nobody, a different one for each number.
  [[nodiscard]] std::string unknown_key(std::uint64_t number) const;

 private:
  std::uint64_t seed_;
  std::uint64_t size_;
};

}  // namespace gatehouse::simulator
