#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {

/// A person at a till who gives money back, one minor unit a time, whatever happens to the box:
/// what it did not take is asked again under the same request id. A thread may ask while another
/// one kills and starts the box.
class Refunds {
 public:
  Refunds(const Box& box, const World& world) : box_(box), world_(world) {}

  /// Asks again for what the box has not taken yet, then for a refund of each of up to `more` trips
  /// that Amazon has captured and that were not asked for before. The rest is left open once it is
  /// to stop.
  void ask(std::size_t more, const std::stop_token& stop = {});
  /// What Amazon refused goes to it once more.
  void retry_set_aside() const;
  /// The box said that it has them.
  [[nodiscard]] std::int64_t taken() const { return taken_; }
  /// The box would not have them, or has not answered, and its ledger has the trip as captured.
  /// (What it holds in doubt, though Amazon has captured it, is not refunded before somebody has
  /// said so.)
  [[nodiscard]] std::vector<std::string> open() const;

 private:
  struct Asked {
    std::string trip_id;
    std::string request;  // as `gatehouse` takes it
  };
  [[nodiscard]] bool is_taken(const Asked& asked) const;

  const Box& box_;
  const World& world_;
  std::unordered_set<std::string> trips_;
  std::vector<Asked> open_;
  std::int64_t taken_ = 0;
};

}  // namespace gatehouse::end_to_end
