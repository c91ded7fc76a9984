#include "tests/simulator/population.hpp"

#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/random.hpp"

namespace gatehouse::simulator {
namespace {

// Streams of the seed: trips have the small numbers (shop/plan.cpp).
constexpr std::uint64_t shopper_stream = 1ULL << 40;
constexpr std::uint64_t unknown_stream = 1ULL << 41;

// Members' keys begin with 1 to 8: a key that begins with 9 is nobody's.
std::string key_of(Random& random, char first) {
  std::string key(29, '-');
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i % 5 != 4) key[i] = static_cast<char>('0' + random.below(10));
  }
  key[0] = first;
  return key;
}

}  // namespace

Shopper Population::shopper(std::uint64_t index) const {
  Random random(seed_, shopper_stream + index);
  Shopper shopper;
  shopper.shopper_id = "S-" + std::to_string(index + 1);
  shopper.blocked = random.percent(2);
  shopper.associate = random.percent(2);
  const auto keys = random.percent(5) ? 2 + random.below(2) : 1;
  for (std::uint64_t i = 0; i < keys; ++i) {
    shopper.keys.push_back(key_of(random, static_cast<char>('1' + random.below(8))));
  }
  shopper.points = random.below(5000);
  return shopper;
}

std::string email_of(std::string_view shopper_identity) {
  return sha256_hex(shopper_identity).substr(0, 12) + "@example.com";
}

std::string Population::unknown_key(std::uint64_t number) const {
  Random random(seed_, unknown_stream + number);
  return key_of(random, '9');
}

nlohmann::ordered_json Shopper::document() const {
  const auto tier = points >= 4000 ? "GOLD" : points >= 2000 ? "SILVER" : "BASIC";
  nlohmann::ordered_json document{{"type", "shopper"},
                                  {"shopperId", shopper_id},
                                  {"role", associate ? "ASSOCIATE" : "SHOPPER"},
                                  {"status", blocked ? "BLOCKED" : "ACTIVE"},
                                  {"keys", keys}};
  document["loyalty"] = {{"provider", "acme"}, {"tier", tier}, {"points", points}};
  document["loyalty"]["promotionIds"] =
      nlohmann::ordered_json::array({"P-" + std::to_string(points % 20)});
  return document;
}

}  // namespace gatehouse::simulator
