#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/call_kind.hpp"
#include "tests/model/dice.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync::model {

/// What becomes of one call, and how the service behind it takes it.
struct Turn {
  simulation::Fate fate{};
  std::string word{};  ///< adjust alone: "DECLINED", "PENDING", "PARTLY" (of which nothing can be
                       ///< captured) or "HALF"; '' : as the service does
};

/// The calls of one kind for one trip, in the order in which they leave; behind the last one all is
/// well. By count and not by time: so a world with another clock is the same world.
using Script = std::map<Kind, std::vector<Turn>>;

/// Up to `most` faults of each kind of call.
[[nodiscard]] Script make_script(Dice& dice, std::size_t most);

/// The same for what is sent to the checkout service.
void add_checkout(Script& script, Dice& dice);

/// An answer of any shape to a call of this kind. One that says "surely nothing was done" is true.
[[nodiscard]] Turn make_turn(Kind kind, Dice& dice);

/// What an answer to a changing call of Amazon's means, read by the table of docs/settlement.md a
/// second time and by nothing of the product's.
enum class Told { done, nothing, unclear };
[[nodiscard]] Told told_by(const Reply& reply);

}  // namespace gatehouse::sync::model
