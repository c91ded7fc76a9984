#include "tests/model/books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/ledger/ledger_witness.hpp"
#include "tests/model/service.hpp"
#include "tests/sync/simulation/cloud.hpp"

namespace gatehouse::sync::model {

int TripBooks::captures_that_count() const {
  return static_cast<int>(std::ranges::count_if(captures, &CaptureCall::may_have_charged));
}

bool TripBooks::may_be_charged() const {
  return std::ranges::any_of(
      captures, [](const CaptureCall& each) { return each.may_have_charged() && !each.word_not; });
}

void Books::complain(int invariant, std::string what) {
  complaints_.push_back(fmt::format("({}) {}", invariant, std::move(what)));
  note(complaints_.back());
}

void Books::note(std::string what) {
  const auto seconds = std::chrono::duration<double>(world_.steady().time_since_epoch()).count();
  chronicle_.push_back(fmt::format("{:10.3f} {}", seconds, std::move(what)));
}

void Books::offer(const std::string& trip_id, const std::string& money) {
  of(trip_id).offered.insert(money);
}

void Books::person_says_not_captured(const std::string& trip_id) {
  note("a person: " + trip_id + " was not captured");
  auto& trip = of(trip_id);
  ++trip.words_not;
  for (auto& capture : trip.captures) capture.word_not = true;
}

void Books::person_says_captured(const std::string& trip_id) {
  note("a person: " + trip_id + " was captured");
  of(trip_id).word_captured = true;
}

std::size_t Books::leaves(simulation::Box& box, const Request& request) {
  const Kind kind = kind_of(request);
  const auto name = trip_of(request);
  auto& trip = of(name);
  calls_.push_back({world_.steady(), trip.captures.size()});
  note(fmt::format("{} of {} leaves: {}", to_text(kind), name, request.body));
  if (!request.signing) {
    const auto mark = box.mark();
    check_key(fmt::format("{}.{}", mark.id, mark.era), request);
    if (kind == Kind::record) check_record(trip, request);
    return calls_.size() - 1;
  }
  check_intent(box, request, kind);
  if (kind == Kind::capture) check_capture(box, trip, request);
  if (kind == Kind::cancel) {
    if (trip.may_be_charged()) complain(4, name + " is cancelled, and may be charged");
    ++trip.cancels_left;
  }
  if (kind == Kind::adjust && trip.may_be_charged()) {
    complain(4, name + " is adjusted, and may be charged");
  }
  if (kind == Kind::refund) check_refund(trip, request);
  if (kind == Kind::report) check_report(trip, request);
  return calls_.size() - 1;
}

void Books::check_intent(simulation::Box& box, const Request& request, Kind kind) {
  using State = store::SettlementState;
  const auto name = trip_of(request);
  if (between(request.body, R"("storeId":")", "\"") != "STORE-001") {
    complain(3, name + ": a call for another store");
  }
  const std::map<Kind, State> intents{{Kind::adjust, State::adjust_sent},
                                      {Kind::capture, State::capture_sent},
                                      {Kind::cancel, State::cancel_sent}};
  const auto intent = intents.find(kind);
  if (intent == intents.end()) return;
  const auto state = box.trip(name).settlement->state;
  if (state != intent->second) {
    complain(2, fmt::format("{} of {} left while it was {}", to_text(kind), name,
                            store::to_text(state)));
  }
  if (kind == Kind::capture && !box.is_witnessed()) {
    complain(2, fmt::format("the capture of {} left before the witness had its intent", name));
  }
}

void Books::check_capture(simulation::Box& box, TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  const auto amount = money_of(request.body, "amount");
  const int most = trip.words_not + (plan_.repeats ? 1 : 0);
  if (trip.captures_that_count() > most) {
    complain(1,
             fmt::format("{}: {} captures may have charged it, and another leaves after {} words",
                         name, trip.captures_that_count(), trip.words_not));
  }
  if (plan_.grants && trip.granted != fmt::format("{}.{}", box.mark().id, box.mark().era)) {
    complain(1, name + " is captured by a ledger that its price does not name");
  }
  check_repetition(trip, name);
  if (trip.cancels_left > 0) complain(4, name + " is captured after a cancel may have left");
  if (!trip.offered.contains(amount))
    complain(3, name + ": captures " + amount + ", which nobody asked");
  if (trip.approved != amount)
    complain(3, fmt::format("{}: captures {} of {}", name, amount, trip.approved));
  calls_.back().capture = trip.captures.size();
  trip.captures.push_back({.left_at = world_.steady()});
}

/// A charge in doubt is made again by a person's word, or by what looks have shown.
void Books::check_repetition(const TripBooks& trip, const std::string& name) {
  using namespace std::chrono_literals;
  if (!trip.may_be_charged()) return;
  SteadyTime last;
  for (const auto& capture : trip.captures) {
    if (capture.may_have_charged()) last = std::max(last, capture.left_at);
  }
  const auto looks = std::ranges::count_if(trip.clear_looks, [&](auto at) { return at > last; });
  if (looks < 2) {
    complain(6, fmt::format("{} is captured again after {} clear looks", name, looks));
  } else if (std::ranges::max(trip.clear_looks) - last < 20min) {
    complain(6, name + " is captured again after looks that were too early");
  }
}

void Books::check_refund(TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  trip.refunds[between(request.body, R"("refundRequestId":")", "\"")] =
      money_of(request.body, "amount");
  std::int64_t sum = 0;
  for (const auto& [id, amount] : trip.refunds) sum += minor_of(amount);
  const bool captured = trip.told_captured || trip.shown || trip.word_captured;
  if (!captured || trip.offered.empty() || sum > minor_of(*trip.offered.rbegin())) {
    complain(3, name + ": more is refunded than was captured");
  }
}

void Books::check_report(TripBooks& trip, const Request& request) {
  const auto settled = money_of(request.body, "settledAmount");
  const bool nothing = settled.find_first_of("123456789") == std::string::npos;
  if (nothing && trip.may_be_charged()) {
    complain(8, trip_of(request) + " is reported as a debt, and may be charged");
  }
  if (!nothing && !trip.told_captured && !trip.shown && !trip.word_captured) {
    complain(8, trip_of(request) + " is reported as paid, and nobody has said so");
  }
}

void Books::check_record(TripBooks& trip, const Request& request) {
  const auto status = between(request.body, R"("status":")", "\"");
  const std::map<std::string, bool> proved{
      {"CAPTURED", trip.told_captured || trip.shown || trip.word_captured},
      {"CANCELLED", trip.told_cancelled},
      {"DECLINED", trip.told_declined},
      {"EXPIRED", trip.told_expired},
      {"REFUNDED", true}};
  const auto found = proved.find(status);
  if (found != proved.end() && !found->second) {
    complain(5, fmt::format("{} is {}, and nobody has said so", trip_of(request), status));
  }
}

void Books::check_key(const std::string& ledger, const Request& request) {
  const auto key = simulation::Cloud::header(request, "Idempotency-Key");
  const auto sequence = simulation::Cloud::header(request, "Gatehouse-Sequence");
  if (bodies_.emplace(fmt::format("{} {}", ledger, key), request.body).first->second !=
      request.body) {
    complain(9, "another body under the key " + key);
  }
  if (sequences_.emplace(fmt::format("{} {}", ledger, sequence), key).first->second != key) {
    complain(9, "another key for sequence " + sequence);
  }
}

void Books::told(std::size_t number, const Request& request, const Reply& reply) {
  auto& trip = of(trip_of(request));
  const auto [left_at, capture] = calls_.at(number);
  const Told what = told_by(reply);
  note(fmt::format("{} of {} is told {} {} {}", to_text(kind_of(request)), trip_of(request),
                   reply.status, reply.body, reply.error));
  if (reply.body.find("ShoppingTripExpired") != std::string::npos) trip.told_expired = true;
  switch (kind_of(request)) {
    case Kind::capture:
      trip.captures.at(capture).told = what;
      if (what == Told::done) trip.told_captured = true;
      break;
    case Kind::cancel:
      if (what == Told::nothing) --trip.cancels_left;
      if (what == Told::done) trip.told_cancelled = true;
      break;
    case Kind::adjust:
      told_of_adjust(trip, request, reply);
      break;
    case Kind::look:
      told_of_look(trip, reply, left_at);
      break;
    case Kind::refund:
      if (what == Told::nothing)
        trip.refunds.erase(between(request.body, R"("refundRequestId":")", "\""));
      break;
    case Kind::cart: {
      const auto& plan = plan_of(plan_, trip_of(request));
      const auto ledger = between(reply.body, R"("ledger":")", "\"");
      if (!ledger.empty()) trip.granted = ledger;
      const bool same = reply.body == plan.answer || !ledger.empty();
      const bool ours = plan.answer_has_price && reply.status == 201 && same;
      if (ours) trip.offered.insert(plan.amount + " " + plan.currency);
      break;
    }
    case Kind::report:
    case Kind::record:
      break;
  }
}

void Books::told_of_adjust(TripBooks& trip, const Request& request, const Reply& reply) {
  if (reply.status != 200) return;
  if (reply.body == R"({"status":"DECLINED"})") trip.told_declined = true;
  if (!reply.body.starts_with(R"({"status":"APPROVED")")) return;
  const auto authorised = money_of(reply.body, "authorizedAmount");
  trip.approved = authorised.empty() ? money_of(request.body, "amount") : authorised;
}

void Books::told_of_look(TripBooks& trip, const Reply& reply, SteadyTime left_at) {
  if (reply.status != 200 || !reply.body.starts_with(R"({"brand")")) return;
  const bool has_id = reply.body.find("reconciliationId") != std::string::npos;
  if (has_id && trip.captures_that_count() > 0) trip.shown = true;
  if (!has_id) trip.clear_looks.push_back(left_at);
}

}  // namespace gatehouse::sync::model
