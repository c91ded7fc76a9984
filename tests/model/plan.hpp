#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/turn.hpp"

namespace gatehouse::sync::model {

/// Everything that a seed decides before the first event.
struct TripPlan {
  std::string id;
  bool empty = false;  ///< no cart: there is nothing to charge
  milliseconds arrives_after{0};
  milliseconds began_before{0};  ///< its cart came
  std::string amount = "15.99";  ///< what the retailer asks for it
  std::string currency = "USD";
  std::string answer{};          ///< of the cloud to its cart, once it is taken
  bool answer_has_price = true;  ///< one that can be used
  milliseconds shown_after{0};   ///< Amazon shows a capture so long after it; below 0: never
  Script script{};
  bool refunded = false;
};

/// What happens to the files of a box while it is down.
enum class Accident {
  none,
  deleted,  ///< the ledger is gone
  emptied,  ///< it is there, without a byte
  older,    ///< a copy of earlier is put back
  foreign,  ///< that of another store is put there
};

/// One of the ways to lose a box, by the count of what it does, or by time.
struct Loss {
  enum class When { before_commit, after_commit, before_call, after_call, at_time, stopped };
  When when = When::at_time;
  std::size_t count = 0;  ///< the commit or call with this number
  milliseconds at{0};
  milliseconds down{100};
  bool power = false;  ///< what was not on disk is gone, too
  Accident accident = Accident::none;
};

struct Plan {
  std::uint64_t seed = 0;
  std::vector<TripPlan> trips;
  bool repeats = false;  ///< jwo.unknown_capture = "ask_then_repeat"
  bool reports = false;
  std::vector<Loss> losses;   ///< of the first box
  milliseconds copied_at{0};  ///< the copy for Accident::older is taken
  bool grants = false;    ///< the cloud names the ledger that may charge, and the boxes require it
  std::size_t boxes = 1;  ///< each of them gets each cart
  milliseconds clock_off{0};  ///< the box's clock is ahead of the world's
  std::vector<std::pair<milliseconds, milliseconds>>
      steps{};              ///< of the box's clock: when, by how much
  double wrong_words = 0;   ///< how often a person who says what happened is wrong
  double sudden_words = 0;  ///< how often a person acts without being asked
  milliseconds visits_every{std::chrono::hours{1}};
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
/// The same for a store with two boxes that get each cart, and a cloud that lets one of them charge
/// it; where it has prices of no use, whoever sets them by hand decides, and that proves nothing.
[[nodiscard]] std::optional<Plan> with_two_boxes(Plan plan);
/// A step of a clock, to or fro, by seconds or years.
[[nodiscard]] milliseconds leap(Dice& dice);
/// The same without whatever happens at a time and not at a count: for comparing clocks.
[[nodiscard]] Plan timeless(Plan plan);

}  // namespace gatehouse::sync::model
