#include "tests/model/books/books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "tests/model/service.hpp"

namespace gatehouse::sync::model {

int TripBooks::captures_that_count() const {
  return static_cast<int>(std::ranges::count_if(captures, &CaptureCall::may_have_charged));
}

bool TripBooks::may_be_charged(std::size_t known) const {
  return std::ranges::any_of(captures | std::views::drop(known), [](const CaptureCall& each) {
    return each.may_have_charged() && !each.word_not;
  });
}

void Books::complain(int invariant, std::string what) {
  complaints_.push_back(fmt::format("({}) {}", invariant, std::move(what)));
  note(complaints_.back());
}

std::string Books::name_of(const simulation::Box& box) {
  if (plan_.boxes == 1) return "";
  const auto known = std::ranges::find(boxes_, &box);
  const auto number = known - boxes_.begin() + 1;
  if (known == boxes_.end()) boxes_.push_back(&box);
  return fmt::format(" box {}", number);
}

void Books::note(std::string what) {
  const auto seconds = std::chrono::duration<double>(world_.steady().time_since_epoch()).count();
  chronicle_.push_back(fmt::format("{:10.3f} {}", seconds, std::move(what)));
}

void Books::cart_came(const std::string& trip_id) {
  note("the cart of " + trip_id);
  of(trip_id).told_a_useless_price = false;
  auto& came_at = of(trip_id).came_at;
  if (!came_at) came_at = world_.steady();
  of(trip_id).came_last_at = world_.steady();
}

void Books::history_lost(const simulation::Box& box, const std::string& ledger_id,
                         const std::string& trip_id, bool is_all) {
  auto& trip = of(trip_id);
  lost_ledgers_.insert(ledger_id);
  trip.unvouched = is_all;
  std::erase_if(trip.granted_to,
                [&](const std::string& name) { return id_of_ledger(name) == ledger_id; });
  trip.captures_lost = trip.captures.size();
  trip.cancels_lost = trip.cancels_left;
  auto& looks = trip.looks[&box];
  looks.before = looks.clear.size();
}

bool Books::is_lost(const std::string& ledger) const {
  return lost_ledgers_.contains(id_of_ledger(ledger));
}

void Books::copied(const simulation::Box& copy) {
  copy_ = &copy;
  copied_at_ = world_.steady();
}

bool Books::is_known_to(const simulation::Box& box, const CaptureCall& capture) const {
  if (copy_ == nullptr || capture.box == &box) return true;
  return &box == copy_ && capture.left_at <= copied_at_;
}

void Books::offer(const std::string& trip_id, const std::string& money) {
  of(trip_id).offered.insert(money);
}

void Books::person_says_not_captured(const std::string& trip_id) {
  note("a person: " + trip_id + " was not captured");
  auto& trip = of(trip_id);
  ++trip.words_not;
  trip.unvouched = false;
  trip.word_here = true;
  for (auto& capture : trip.captures) capture.word_not = true;
}

void Books::person_says_captured(const std::string& trip_id) {
  note("a person: " + trip_id + " was captured");
  of(trip_id).word_captured = true;
}

void Books::person_confirms(const std::string& trip_id, const std::string& money) {
  note("a person lets pass " + money + " of " + trip_id);
  of(trip_id).confirmed.insert(money);
}

void Books::person_has_it_charged_here(const std::string& trip_id) {
  note("a person has " + trip_id + " charged here");
  of(trip_id).word_here = true;
}

void Books::person_takes_a_part(const std::string& trip_id) {
  note("a person takes what was approved of " + trip_id);
  of(trip_id).word_part = true;
}

std::size_t Books::leaves(simulation::Box& box, const Request& request) {
  const Kind kind = kind_of(request);
  const auto name = trip_of(request);
  calls_.push_back({world_.steady(), box, of(name).captures.size()});
  note(fmt::format("{} of {} leaves{}: {}", to_text(kind), name, name_of(box), request.body));
  if (request.signing) {
    leaves_for_amazon(box, request, kind);
  } else {
    leaves_for_the_cloud(box, request, kind);
  }
  return calls_.size() - 1;
}

void Books::told(std::size_t number, const Request& request, const Reply& reply) {
  auto& trip = of(trip_of(request));
  const auto& call = calls_.at(number);
  const Told what = told_by(reply);
  note(fmt::format("{} of {} is told {} {} {}", to_text(kind_of(request)), trip_of(request),
                   reply.status, reply.body, reply.error));
  if (reply.body.find("ShoppingTripExpired") != std::string::npos) trip.told_expired = true;
  switch (kind_of(request)) {
    case Kind::capture:
      trip.captures.at(call.number).told = what;
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
      told_of_look(trip, reply, call);
      break;
    case Kind::refund:
      trip.refunds.at(refund_in(request)).calls.at(call.number).told = what;
      break;
    case Kind::checkout:
      if (reply.body == R"({"orderId":"O-1"})") trip.told_checked_out = true;
      break;
    case Kind::cart:
      told_of_cart(trip, request, reply);
      break;
    case Kind::record:
      told_of_record(trip, request, reply);
      break;
    case Kind::report:
      break;
  }
}

void Books::told_of_adjust(TripBooks& trip, const Request& request, const Reply& reply) {
  if (reply.status != 200) return;
  if (reply.body == R"({"status":"DECLINED"})") trip.told_declined = true;
  if (!reply.body.starts_with(R"({"status":"APPROVED")")) return;
  const auto authorised = money_of(reply.body, "authorizedAmount");
  trip.approved.push_back(authorised.empty() ? money_of(request.body, "amount") : authorised);
}

/// An id proves the last capture that the box knows where the look before it was answered and
/// showed none, or another one; and none proves anything once one came before any capture.
void Books::told_of_look(TripBooks& trip, const Reply& reply, const Call& call) {
  auto& looks = trip.looks[&call.box];
  looks.last = std::nullopt;
  if (reply.status != 200 || !reply.body.starts_with(R"({"brand")")) return;
  const auto id = between(reply.body, R"("reconciliationId":")", "\"");
  looks.last = id;
  if (id.empty()) return looks.clear.push_back(call.left_at);
  if (trip.captures.empty()) unsound_ = true;
  if (unsound_ || trip.captures_that_count() == 0) return;
  const auto known = std::ranges::find_if(
      trip.captures | std::views::reverse,
      [&](const CaptureCall& capture) { return is_known_to(call.box, capture); });
  if (known == trip.captures.rend()) return;
  const auto& before = known->shown_before;
  if (before && *before != id) trip.shown = true;
}

}  // namespace gatehouse::sync::model
