// What leaves for Amazon.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "store/ledger/ledger_identity.hpp"
#include "store/values/rfc3339.hpp"
#include "tests/model/books/books.hpp"
#include "tests/model/service.hpp"

namespace gatehouse::sync::model {
namespace {

bool is_part_of(const std::string& part, const std::string& money) {
  const auto currency = [](const std::string& each) { return each.substr(each.find(' ')); };
  return currency(part) == currency(money) && minor_of(part) < minor_of(money);
}

}  // namespace

void Books::leaves_for_amazon(simulation::Box& box, const Request& request, Kind kind) {
  const auto name = trip_of(request);
  auto& trip = of(name);
  check_intent(box, request, kind);
  const bool charges = kind == Kind::adjust || kind == Kind::capture || kind == Kind::cancel;
  if (plan_.checks_out && charges) complain(4, name + ": a call of the payment service");
  check_order(trip, trip.looks[&box], name, kind);
  if (kind == Kind::capture) check_capture(box, trip, request);
  if (kind == Kind::cancel) ++trip.cancels_left;
  if (kind == Kind::look) trip.looks[&box].last = std::nullopt;
  if (kind == Kind::checkout) check_checkout(trip, request);
  if (kind == Kind::refund) check_refund(box, trip, request);
  if (kind == Kind::report) check_report(box, trip, request);
}

/// What a lost history did is known to nobody whom two clear looks let go on.
void Books::check_order(const TripBooks& trip, const Looks& looks, const std::string& name,
                        Kind kind) {
  const bool vouched = is_vouched_for_by_looks(trip, looks);
  const bool charged = trip.may_be_charged(vouched ? trip.captures_lost : 0);
  if (kind == Kind::cancel && charged) complain(4, name + " is cancelled, and may be charged");
  if (kind == Kind::adjust && charged) complain(4, name + " is adjusted, and may be charged");
  if (kind == Kind::capture && trip.cancels_left > (vouched ? trip.cancels_lost : 0)) {
    complain(4, name + " is captured after a cancel may have left");
  }
}

void Books::check_intent(simulation::Box& box, const Request& request, Kind kind) {
  using State = store::SettlementState;
  const auto name = trip_of(request);
  if (between(request.body, R"("storeId":")", "\"") != plan_of(plan_, name).store) {
    complain(3, name + ": a call for another store");
  }
  const std::map<Kind, State> intents{{Kind::adjust, State::adjust_sent},
                                      {Kind::capture, State::capture_sent},
                                      {Kind::cancel, State::cancel_sent},
                                      {Kind::checkout, State::checkout_sent}};
  if (kind == Kind::refund) return check_refund_intent(box, request);
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

void Books::check_refund_intent(simulation::Box& box, const Request& request) {
  const auto name = trip_of(request);
  const auto view = box.trip(name);
  const auto refund =
      std::ranges::find(view.refunds, refund_in(request), &store::Refund::request_id);
  const bool waits =
      refund != view.refunds.end() && std::ranges::any_of(view.deliveries, [&](const auto& each) {
        return each.id == refund->delivery_id && each.state == store::DeliveryState::pending;
      });
  if (!waits) complain(2, "a refund of " + name + " left that is not on its way here");
}

void Books::check_capture(simulation::Box& box, TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  const auto ledger = store::ledger_name(box.mark());
  const auto amount = money_of(request.body, "amount");
  const int most = trip.words_not + (plan_.repeats ? 1 : 0) + (plan_.asks_unvouched ? 1 : 0);
  if (trip.captures_that_count() > most) {
    complain(1,
             fmt::format("{}: {} captures may have charged it, and another leaves after {} words",
                         name, trip.captures_that_count(), trip.words_not));
  }
  const auto& looks = trip.looks[&box];
  const bool granted = is_granted(trip, ledger);
  if (&box == copy_ && !granted)
    complain(1, name + " is captured by a copy that is not granted it");
  if (plan_.grants && !granted && !trip.word_here) {
    complain(1, name + " is captured by a ledger that its price does not name");
  }
  if (trip.word_elsewhere) complain(1, name + " is captured, and was elsewhere");
  if (trip.unvouched && !granted && !is_vouched_for_by_looks(trip, looks)) {
    complain(1, name + " is captured, and a history that was lost may have done that");
  }
  check_repetition(trip, looks, name);
  check_amount(trip, name, amount);
  calls_.back().number = trip.captures.size();
  trip.captures.push_back({.left_at = world_.steady(),
                           .box = &box,
                           .amount = amount,
                           .ledger = ledger,
                           .intended_at = rfc3339(box.trip(name).settlement->changed_at),
                           .shown_before = looks.last});
}

/// In any era of it: accepting a gap begins another one than the price names. A copy and its
/// original are told from each other by their eras alone.
bool Books::is_granted(const TripBooks& trip, const std::string& ledger) const {
  if (copy_ != nullptr) return trip.granted_to.contains(ledger);
  return std::ranges::any_of(trip.granted_to, [&](const std::string& name) {
    return id_of_ledger(name) == id_of_ledger(ledger);
  });
}

void Books::check_amount(const TripBooks& trip, const std::string& name,
                         const std::string& amount) {
  const bool whole = trip.offered.contains(amount);
  const bool part = std::ranges::any_of(
      trip.offered, [&](const std::string& price) { return is_part_of(amount, price); });
  const bool part_wanted = plan_.captures_parts || trip.word_part;
  if (!whole && !(part && part_wanted))
    complain(3, name + ": captures " + amount + ", which nobody asked");
  // A ledger that was put back knows what was approved before it was copied.
  const bool exchanged = loses_a_ledger(plan_);
  const auto& approved = trip.approved;
  const bool known = std::ranges::find(approved, amount) != approved.end();
  if (exchanged ? !known : approved.empty() || approved.back() != amount) {
    complain(3, fmt::format("{}: captures {} of {}", name, amount,
                            approved.empty() ? "nothing" : approved.back()));
  }
  check_limit(trip, name, amount);
}

void Books::check_limit(const TripBooks& trip, const std::string& name, const std::string& amount) {
  const bool confirmed = std::ranges::any_of(trip.confirmed, [&](const std::string& price) {
    return price == amount || is_part_of(amount, price);
  });
  if (is_over_limit(plan_, amount) && !confirmed)
    complain(3, name + ": charges " + amount + ", more than the store lets pass");
}

/// A charge in doubt is made again by a person's word, or by what looks have shown.
void Books::check_repetition(const TripBooks& trip, const Looks& looks, const std::string& name) {
  using namespace std::chrono_literals;
  if (!trip.may_be_charged()) return;
  SteadyTime last;
  for (const auto& capture : trip.captures) {
    if (capture.may_have_charged()) last = std::max(last, capture.left_at);
  }
  const auto clear = std::ranges::count_if(looks.clear, [&](auto at) { return at > last; });
  if (clear < 2) {
    complain(6, fmt::format("{} is captured again after {} clear looks", name, clear));
  } else if (std::ranges::max(looks.clear) - last < 20min) {
    complain(6, name + " is captured again after looks that were too early");
  }
}

/// Two clear looks, the second 20 minutes after its cart came, where the store has it so.
bool Books::is_vouched_for_by_looks(const TripBooks& trip, const Looks& looks) const {
  using namespace std::chrono_literals;
  if (!plan_.asks_unvouched || looks.clear.size() - looks.before < 2) return false;
  return looks.clear.back() >= trip.came_last_at + 20min;
}

void Books::check_checkout(TripBooks& trip, const Request& request) {
  const auto name = trip_of(request);
  const auto total = between(request.body, R"("priceTotal":)", "}");
  const auto amount =
      between(total, R"("amount":")", "\"") + " " + between(total, R"("currencyCode":")", "\"");
  if (!trip.offered.contains(amount))
    complain(3, name + ": checks out " + amount + ", which nobody asked");
  check_limit(trip, name, amount);
  if (trip.checkout_cart.empty()) trip.checkout_cart = request.body;
  if (trip.checkout_cart != request.body) complain(9, name + ": another cart is checked out");
}

/// A copy sends the reports that were on their way in the original, which may have opened the
/// charge again, made it and reported that since (docs/settlement.md, "What remains possible"): so
/// against a copy count the captures alone that its ledger may have.
void Books::check_report(const simulation::Box& box, const TripBooks& trip,
                         const Request& request) {
  const auto is_nothing = [&](std::string_view name) {
    return money_of(request.body, name).find_first_of("123456789") == std::string::npos;
  };
  const bool nothing = is_nothing("settledAmount");
  // A total of nothing asks for nothing, whatever a lost history may have charged.
  const bool asks = !request.body.contains("totalAmount") || !is_nothing("totalAmount");
  const bool may_be_charged = std::ranges::any_of(trip.captures, [&](const CaptureCall& each) {
    return each.may_have_charged() && !each.word_not && (&box != copy_ || is_known_to(box, each));
  });
  if (nothing && asks && may_be_charged) {
    complain(8, trip_of(request) + " is reported as a debt, and may be charged");
  }
  if (!nothing && !trip.is_said_captured()) {
    complain(8, trip_of(request) + " is reported as paid, and nobody has said so");
  }
}

}  // namespace gatehouse::sync::model
