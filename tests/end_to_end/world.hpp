#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/child/child.hpp"
#include "tests/end_to_end/box.hpp"

namespace gatehouse::end_to_end {

/// A real gatehouse-sim world: feed, cloud and JWO payments on one port of this machine.
class World {
 public:
  /// `more`: further options of `gatehouse-sim world`.
  explicit World(const std::vector<std::string>& more = {});

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string feed_url() const { return url() + "/shoppers"; }
  [[nodiscard]] unsigned short port() const { return port_; }
  /// The AWS variables with which its payment service can be called.
  [[nodiscard]] std::map<std::string, std::string> credentials() const;
  /// GET /sim/effects.
  [[nodiscard]] nlohmann::json effects() const;
  /// A key of each shopper in the feed that has one.
  struct ShopperKeys {
    std::vector<std::string> active;
    std::vector<std::string> blocked;
  };
  [[nodiscard]] ShopperKeys shopper_keys() const;
  void outage(const std::string& target, const std::string& mode,
              std::chrono::milliseconds duration) const;
  void faults(const nlohmann::json& faults) const;
  /// From now on this goes wrong, in the TOML of docs/simulator.md.
  void scenario(const std::string& toml) const;

 private:
  child::Child process_;
  unsigned short port_;
};

/// A real gatehouse-sim shop that plays trips at a gate, in the background.
class Shop {
 public:
  struct Trips {
    unsigned card = 0;
    unsigned app = 0;
    unsigned seed = 1;
    unsigned per_second = 0;          ///< 0: as fast as possible
    std::vector<std::string> more{};  ///< further options of `gatehouse-sim shop`
  };
  Shop(const std::string& gate_url, const Trips& trips, const std::filesystem::path& report);
  /// Waits until all trips are played; true when every cart was acknowledged.
  [[nodiscard]] bool finish(std::chrono::milliseconds deadline);

 private:
  child::Child process_;
};

/// A box that has its feed, its cloud and its payment service in this world.
[[nodiscard]] BoxOptions attached_to(const World& world);

/// gatehouse-sim audit: what was acknowledged against what had an effect, and against the box's
/// ledger where one is given. Polls until it is clean or the deadline is over; empty when clean,
/// else its table. `forgotten`: reports of trips that this ledger has lost.
[[nodiscard]] std::string audit(const World& world,
                                const std::vector<std::filesystem::path>& reports,
                                std::chrono::seconds deadline,
                                const std::filesystem::path& ledger = {},
                                const std::string& settlement = "payment",
                                const std::vector<std::filesystem::path>& forgotten = {});

}  // namespace gatehouse::end_to_end
