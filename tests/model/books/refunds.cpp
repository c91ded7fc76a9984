// Money that is given back, and what a person says of that.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "tests/model/books/books.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using store::RefundDecided;

/// So long after it left a call may have its effect.
constexpr milliseconds effect_max = 20min;

}  // namespace

bool RefundBooks::may_count() const {
  return !not_made &&
         std::ranges::any_of(calls, [](const Call& call) { return call.told != Told::nothing; });
}

bool RefundBooks::is_said_made() const {
  return word_made || std::ranges::find(calls, Told::done, &Call::told) != calls.end();
}

/// A person who says that it was captured says it of the price; a lost history may have captured a
/// part of it.
std::int64_t Books::most_captured(const std::string& trip_id) {
  const auto& trip = of(trip_id);
  std::int64_t captured = 0;
  if (trip.word_captured && !trip.offered.empty()) captured = minor_of(*trip.offered.rbegin());
  for (const auto& capture : trip.captures) captured = std::max(captured, minor_of(capture.amount));
  return captured;
}

void Books::check_refund(const simulation::Box& box, TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  const auto id = refund_in(request);
  auto& refund = trip.refunds[id];
  if (refund.withdrawn_at.contains(&box))
    complain(3, id + " leaves after a person said that it was not made");
  refund.amount = money_of(request.body, "amount");
  refund.not_made = false;  // another box may send what was ended at this one
  calls_.back().number = refund.calls.size();
  refund.calls.push_back({.left_at = world_.steady()});
  trip.last_refund_at = world_.steady();
  std::int64_t sum = 0;
  for (const auto& [each, known] : trip.refunds) {
    if (known.may_count()) sum += minor_of(known.amount);
  }
  if (!trip.is_said_captured() || sum > most_captured(name)) {
    complain(3, name + ": more is refunded than was captured");
  }
}

void Books::check_refund_record(TripBooks& trip, const Request& request) {
  const auto id = refund_in(request);
  const auto key = simulation::Cloud::header(request, "Idempotency-Key");
  if (!trip.refunds[id].is_said_made())
    complain(5, id + " has a record, and nobody has said that it was made");
  if (trip.refund_records.emplace(id, key).first->second != key)
    complain(9, "another key for the record of " + id);
}

void Books::person_reads_refunds(const std::string& trip_id,
                                 const std::map<std::string, std::string>& made) {
  for (auto& [id, refund] : of(trip_id).refunds) refund.not_made = !made.contains(id);
}

void Books::person_says_of_refund(const simulation::Box& box, const RefundWord& word) {
  const auto& id = word.request_id;
  note(fmt::format("a person: {} was {}made, which is answered {}", id, word.made ? "" : "not ",
                   static_cast<int>(word.decided)));
  auto& refund = of(word.trip_id).refunds[id];
  switch (word.decided) {
    case RefundDecided::made:
    case RefundDecided::made_beyond:
      refund.word_made = true;
      break;
    case RefundDecided::withdrawn:
    case RefundDecided::too_early:
      refund.withdrawn_at.insert(&box);
      break;
    case RefundDecided::not_made: {
      refund.withdrawn_at.insert(&box);
      refund.not_made = true;
      const bool early = std::ranges::any_of(refund.calls, [&](const RefundBooks::Call& call) {
        return call.told != Told::nothing && world_.steady() - call.left_at < effect_max;
      });
      if (early) complain(3, id + " counts no longer, and may still have its effect");
      break;
    }
    case RefundDecided::ended_as_made:
    case RefundDecided::unknown:
      complain(8, id + " waits, and has ended or is not there");
      break;
  }
  const bool one_ledger = plan_.boxes == 1 && !loses_a_ledger(plan_);
  if (one_ledger && word.decided == RefundDecided::made_beyond)
    complain(3, id + " was made beyond what was captured");
}

}  // namespace gatehouse::sync::model
