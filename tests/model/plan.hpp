#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "tests/model/turn.hpp"

namespace gatehouse::sync::model {

/// What Amazon shows of a capture that was made.
inline constexpr std::string_view shown_id = "ABC123456789";

/// Everything that a seed decides before the first event.
struct TripPlan {
  std::string id;
  std::string store = "STORE-001";  ///< one of those that the box serves
  bool empty = false;               ///< no cart: there is nothing to charge
  milliseconds arrives_after{0};
  milliseconds began_before{0};  ///< its cart came
  std::string amount = "15.99";  ///< what the retailer asks for it
  std::string currency = "USD";
  std::string answer{};          ///< of the cloud to its cart, once it is taken
  bool answer_has_price = true;  ///< one that can be used
  bool unpriceable = false;      ///< one that cannot
  milliseconds shown_after{0};   ///< Amazon shows a capture so long after it; below 0: never
  std::string shown_before{};    ///< the reconciliationId that it shows before any, '' : none
  Script script{};
  bool refunded = false;
};

/// What happens to the files of a box while it is down.
enum class Accident {
  none,
  deleted,   ///< the ledger is gone
  emptied,   ///< it is there, without a byte
  older,     ///< a copy of earlier is put back
  foreign,   ///< that of another store is put there
  new_disk,  ///< nothing is left: neither the ledger, nor the witness that tells of it
};

/// All that the first box knows is copied, ledger, log and witness, while that box lives; from then
/// on another one lives beside it with the copy.
struct Copying {
  milliseconds at{0};
  bool gets_carts = false;  ///< those that come later, and some of those before once more
  bool is_a_clone = false;  ///< of the whole disk: nothing tells it from the original
};

/// Which of the boxes of a store it is.
enum class BoxRole {
  first,   ///< whatever happens to a box happens to this one
  second,  ///< one that gets each cart as well
  copy,    ///< one that lives with a copy of the first one's ledger: see Copying
};

/// One of the ways to lose a box, by the count of what it does, or by time.
struct Loss {
  enum class When {
    before_commit,
    after_commit,
    before_call,
    after_call,
    at_time,
    stopped,
    after_refund  ///< a refund has left, and its answer never comes
  };
  When when = When::at_time;
  std::size_t count = 0;  ///< the commit, call or refund with this number
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
  ChargeLimit limit{};               ///< store.currency and jwo.charge_max
  bool captures_parts = false;       ///< jwo.partial_approval = "capture"
  bool asks_unvouched = false;       ///< jwo.unvouched = "ask"
  bool checks_out = false;           ///< jwo.settlement = "checkout"
  double desk_answers = 0;           ///< how often the cloud answers a record with a decision
  bool desk_has_one_column = false;  ///< the last word of a trip, and nothing of what it was about
  milliseconds poisoned_for{0};      ///< so long the cloud does not take the cart of the first trip
  std::vector<Loss> losses;          ///< of the first box
  milliseconds copied_at{0};         ///< the copy for Accident::older is taken
  bool grants = false;  ///< the cloud names the ledger that may charge, and the boxes require it
  bool tells_elsewhere = false;      ///< the cloud says whether another ledger has charged a trip
  std::size_t boxes = 1;             ///< each of them gets each cart, but for a copy
  std::optional<Copying> copying{};  ///< the second one is a copy of the first
  milliseconds clock_off{0};         ///< the box's clock is ahead of the world's
  bool born_by_clock = false;        ///< the ledger was made by that clock, and answers have a Date
  std::vector<std::pair<milliseconds, milliseconds>>
      steps{};              ///< of the box's clock: when, by how much
  double wrong_words = 0;   ///< how often a person who says what happened is wrong
  double sudden_words = 0;  ///< how often a person acts without being asked
  milliseconds visits_every{std::chrono::hours{1}};
  bool decides_refunds = false;  ///< a person says of refunds whether they were made
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
/// The same for a store with two boxes that get each cart, and a cloud that lets one of them charge
/// it; where it has prices of no use, whoever sets them by hand decides, and that proves nothing.
[[nodiscard]] std::optional<Plan> with_two_boxes(Plan plan);
/// The same for one box whose cloud names the ledger that may charge, and that is lost.
[[nodiscard]] std::optional<Plan> with_a_replaced_box(Plan plan);
/// The same, where it names none, and says whether a ledger before has charged the trip.
[[nodiscard]] std::optional<Plan> with_news_of_elsewhere(Plan plan);
/// The same for two boxes that get each cart, of which the first one loses its ledger.
[[nodiscard]] std::optional<Plan> with_a_loss_beside_a_second_box(Plan plan);
/// The same for a ledger of which a copy lives beside it: one that gets carts, where the cloud
/// names the ledger that may charge; or one that gets none.
[[nodiscard]] std::optional<Plan> with_a_copied_ledger(Plan plan);
/// The same for a box that gets a new disk, whatever the cloud knows of the ledger before.
[[nodiscard]] std::optional<Plan> with_a_new_disk(Plan plan);
/// The same for a store that Amazon's checkout service charges for.
[[nodiscard]] std::optional<Plan> with_checkout(Plan plan);
/// The same, where a lost history is asked about, and Amazon shows each capture soon.
[[nodiscard]] std::optional<Plan> with_questions_to_amazon(Plan plan);
/// Three trips, of which the cloud does not take one for hours; nothing else is wrong at it.
[[nodiscard]] std::optional<Plan> with_a_poison_record(Plan plan);
/// The same, where refunds are not ended by Amazon, and a person decides about them.
[[nodiscard]] std::optional<Plan> with_decided_refunds(Plan plan);
/// More than what the plan's limits let pass.
[[nodiscard]] bool is_over_limit(const Plan& plan, const std::string& money);
/// The cloud takes whatever is sent to it, at once.
[[nodiscard]] bool has_a_calm_cloud(const Plan& plan);
/// The ledger of a box is lost or exchanged.
[[nodiscard]] bool loses_a_ledger(const Plan& plan);
/// A step of a clock, to or fro, by seconds or years.
[[nodiscard]] milliseconds leap(Dice& dice);
/// The same without whatever happens at a time and not at a count: for comparing clocks.
[[nodiscard]] Plan timeless(Plan plan);

}  // namespace gatehouse::sync::model
