#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"

namespace gatehouse::store {

/// A piece of work for a ledger, which does the same to each ledger that says the same.
struct Work {
  std::string name;
  std::function<Result<std::string>(Ledger&)> run;  ///< gives what it came to, in a word
  bool intends_charge = false;
};

/// Draws what gate, sync thread and a person would do next: carts (new, repeated, changed),
/// attempts at deliveries, steps of payments, refunds, carts that were refused.
class WorkDrawer {
 public:
  /// `known`: a ledger that says what was acknowledged. It outlives the drawer.
  WorkDrawer(LedgerReader& known, std::uint64_t seed) : known_(known), random_(seed) {}

  [[nodiscard]] std::vector<Work> draw(std::size_t count, WallTime now);
  [[nodiscard]] Work new_cart(WallTime now);
  /// Trips of which a cart was ever handed in, whether it was recorded or not.
  [[nodiscard]] const std::map<std::string, NewCart>& trips() const { return trips_; }
  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }

 private:
  [[nodiscard]] Work draw_one(WallTime now);
  [[nodiscard]] Work cart_again(WallTime now);
  [[nodiscard]] Work attempt(WallTime now);
  [[nodiscard]] Work step(WallTime now);
  [[nodiscard]] Work refund(WallTime now);
  [[nodiscard]] Work refused(WallTime now);
  [[nodiscard]] const NewCart& any_trip();
  [[nodiscard]] std::string text(std::size_t size_max);

  LedgerReader& known_;
  std::mt19937_64 random_;
  std::map<std::string, NewCart> trips_;
  int refunds_ = 0;
};

}  // namespace gatehouse::store
