#include "tests/model/desk.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "tests/model/call_kind.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;

/// What is signed is accepted for five minutes, by clocks five minutes apart.
constexpr milliseconds quiet = 20min;
/// After so many words about one trip it leaves it to whoever visits the box.
constexpr int patience = 3;

const std::string nothing = R"({"ok":true})";

/// Words that nobody can carry out.
std::string oddity(Dice& dice, std::int64_t revision) {
  const auto all = std::to_array<std::string>(
      {R"({"decision":"CAPTURED"})", R"({"decision":["captured"]})", R"({"decision":true})",
       R"({"decision":{"decision":"not_captured"}})",
       fmt::format(R"({{"decision":"not_captured","by":5,"revision":{}}})", revision),
       fmt::format(R"({{"decision":"not_captured ","by":"Ann","revision":{}}})", revision),
       R"({"decision.decision":"captured"})", R"({"decision":null,"by":"Ann"})",
       fmt::format(R"({{"decision":"captured","by":"{}"}})", std::string(200, 'x'))});
  return all[dice.below(all.size())];
}

/// Which record it was decided on: this one, mostly.
std::string revision_text(Dice& dice, std::int64_t revision) {
  switch (dice.below(10)) {
    case 0:
      return "";
    case 1:
      return R"(,"revision":1)";
    case 2:
      return fmt::format(R"(,"revision":{})", std::max<std::int64_t>(1, revision - 1));
    case 3:
      return fmt::format(R"(,"revision":{})", revision + 5);
    case 4:
      return R"(,"revision":"1")";
    default:
      return fmt::format(R"(,"revision":{})", revision);
  }
}

}  // namespace

std::string Desk::answer(const Request& record) {
  const auto trip_id = trip_of(record);
  Dice dice(plan_.seed, fmt::format("desk {} {}", trip_id, records_[trip_id]++));
  if (!dice.happens(plan_.desk_answers)) return nothing;
  const auto ledger = simulation::Cloud::header(record, "Gatehouse-Ledger");
  auto& said = said_[plan_.desk_has_one_column ? trip_id : trip_id + " " + ledger];
  if (!said.empty() && dice.happens(plan_.desk_has_one_column ? 0.7 : 0.3)) return said;
  if (words_[trip_id] == patience) return nothing;
  const auto revision = revision_of(record.body);
  if (dice.happens(0.15)) return oddity(dice, revision);
  const auto status = between(record.body, R"("status":")", "\"");
  if (status == "UNPRICED") return price_of(trip_id);
  const auto word = word_for(trip_id, status, dice);
  if (word.empty()) return nothing;
  ++words_[trip_id];
  constexpr std::array<std::string_view, 3> names{"Ann", "Bob", "payments desk"};
  const auto by = dice.of(std::span<const std::string_view>(names));
  const auto named = plan_.desk_has_one_column ? "" : revision_text(dice, revision);
  said = fmt::format(R"({{"decision":"{}","by":"{}"{}}})", word, by, named);
  return said;
}

std::optional<bool> Desk::is_settled_elsewhere(const Request& cart) {
  const auto trip_id = trip_of(cart);
  const auto ledger = simulation::Cloud::header(cart, "Gatehouse-Ledger");
  const bool is_first = first_ledgers_.emplace(trip_id, ledger).first->second == ledger;
  if (!plan_.tells_elsewhere || is_first || !is_quiet(trip_id)) return std::nullopt;
  const bool charged = service_.effects(trip_id) > 0;
  // "false" has it charged: docs/feed-and-cloud.md asks for nothing of the kind after a cancel.
  if (!charged && books_.of(trip_id).cancels_left > 0) return std::nullopt;
  return charged;
}

std::string Desk::word_for(const std::string& trip_id, std::string_view status, Dice& dice) const {
  const bool charged = service_.effects(trip_id) > 0;
  const bool ended = service_.account(trip_id).cancels > 0;
  const bool anothers = status == "NOT_GRANTED" && plan_.boxes == 1;
  const bool in_question = status == "UNCLEAR" || status == "UNVOUCHED" || anothers;
  if (in_question && charged) return "captured";
  if (!is_quiet(trip_id) || charged || ended) return "";
  if (in_question) return dice.happens(0.8) ? "not_captured" : "written_off";
  if (status == "HELD") {
    constexpr std::array<std::string_view, 5> words{"charge", "charge", "charge", "written_off",
                                                    "not_captured"};
    return std::string(dice.of(std::span<const std::string_view>(words)));
  }
  return status == "OVERDUE" && dice.happens(0.3) ? "charge" : "";
}

std::string Desk::price_of(const std::string& trip_id) const {
  const auto& plan = plan_of(plan_, trip_id);
  if (plan.amount == "0.00" || plan_.grants) return nothing;
  return fmt::format(R"({{"charge":{{"amount":"{}","code":"{}"}}}})", plan.amount, plan.currency);
}

bool Desk::is_quiet(const std::string& trip_id) const {
  const auto& captures = books_.of(trip_id).captures;
  return captures.empty() || world_.steady() - captures.back().left_at >= quiet;
}

}  // namespace gatehouse::sync::model
