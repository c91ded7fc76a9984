#include "tests/model/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using simulation::Fate;

/// What is planned is over within hours; then people come by, and all is to end.
constexpr milliseconds bound = 24h * 4;
/// What still hangs on some way has arrived by then.
constexpr milliseconds aftermath = 15min;

/// "PARTLY": nothing of it; "HALF": half of it.
Fate approved_in_part(Fate fate, const Request& request, const std::string& word) {
  const auto asked = money_of(request.body, "amount");
  const Money part{.minor = word == "HALF" ? minor_of(asked) / 2 : 0,
                   .currency = asked.substr(asked.find(' ') + 1)};
  fate.arrives_after = std::nullopt;
  fate.reply = simulation::answer(
      200, fmt::format(R"({{"status":"APPROVED","authorizedAmount":{{"amount":{},"code":"{}"}}}})",
                       format_amount(part), part.currency));
  return fate;
}

/// The answers that depend on what was asked.
Fate in_words(Fate fate, const Request& request, const std::string& word) {
  if (word.empty()) return fate;
  if (word == "PARTLY" || word == "HALF") return approved_in_part(fate, request, word);
  fate.arrives_after = std::nullopt;
  fate.reply = simulation::answer(200, fmt::format(R"({{"status":"{}"}})", word));
  return fate;
}

}  // namespace

Story::Story(Plan plan, const Planted& planted)
    : plan_(std::move(plan)),
      planted_(planted),
      service_(plan_, schedule_),
      books_(plan_, schedule_),
      desk_(plan_, service_, books_, schedule_),
      retailer_(
          plan_, [this](const Request& record) { return desk_.answer(record); },
          [this](const Request& cart) { return desk_.is_settled_elsewhere(cart); }),
      person_(plan_, service_, books_),
      network_(
          schedule_,
          [this](const Request& request) {
            return request.signing ? service_.handle(request) : retailer_.handle(request);
          },
          [this](const Request& request) { return fate_of(request); }) {
  sites_.push_back(std::make_unique<Site>(around(), BoxRole::first, planted_));
  if (plan_.boxes > 1 && !plan_.copying) {
    sites_.push_back(std::make_unique<Site>(around(), BoxRole::second, planted_));
  }
}

void Story::begin() {
  for (const auto& site : sites_) {
    for (const auto& trip : plan_.trips) {
      schedule_.after(trip.arrives_after, [this, &to = *site, &trip] { arrive(to, trip); });
    }
    site->begin([this, &to = *site] { send_again(to); });
  }
  if (plan_.copying) schedule_.after(plan_.copying->at, [this] { copy_first_box(); });
  schedule_.after(plan_.visits_every, [this] { visit(); });
}

/// Of the carts that came before the copy was made, Amazon brings those that are not in it, and
/// some of the others.
void Story::copy_first_box() {
  auto& original = *sites_.front();
  books_.note("the state of the box is copied, and another one starts with it");
  auto& copy = *sites_.emplace_back(
      std::make_unique<Site>(around(), BoxRole::copy, planted_, &original.box()));
  books_.copied(copy.box());
  for (const auto& trip : plan_.trips) {
    if (copy.box().knows(trip.id)) copy.acknowledged().insert(trip.id);
    if (!plan_.copying->gets_carts) continue;
    Dice dice(plan_.seed, "to the copy: " + trip.id);
    const bool known = copy.acknowledged().contains(trip.id);
    if (known && dice.happens(0.5)) continue;
    const auto wait = trip.arrives_after - plan_.copying->at;
    schedule_.after(wait > 0ms ? wait : dice.up_to(10min),
                    [this, &copy, &trip] { arrive(copy, trip); });
  }
}

void Story::live() {
  try {
    begin();
    if (!go_on(bound, [this] { return is_over(); })) books_.complain(10, "it does not end");
    visits_end_ = true;
    go_on(aftermath, [] { return false; });
    if (!books_.complaints().empty()) return;
    check_refunds_made();
    for (const auto& site : sites_) end(*site);
  } catch (const std::exception& error) {
    books_.complain(0, error.what());
  }
}

bool Story::go_on(milliseconds at_most, const std::function<bool()>& is_done) {
  const auto until = schedule_.steady() + at_most;
  std::optional<std::uint64_t> noticed;
  while (schedule_.steady() < until) {
    // Where time has passed for one box, the other is not woken: it would look at nothing new.
    const bool news = noticed != schedule_.noticed();
    noticed = schedule_.noticed();
    auto wake = until;
    for (const auto& site : sites_) wake = std::min(wake, site->turn(news));
    if (!schedule_.step(wake)) break;
    for (const auto& site : sites_) {
      site->look();
      check_denied(*site);
    }
    if (is_done() || !books_.complaints().empty()) return true;  // one complaint is enough
  }
  return is_done();
}

/// By count, so that a delay changes nothing else.
Fate Story::fate_of(const Request& request) {
  const Kind kind = kind_of(request);
  const auto trip_id = trip_of(request);
  if (auto refusal = refusal_of_poison(request)) {
    return {.arrives_after = std::nullopt, .reply = std::move(refusal)};
  }
  const auto& script = plan_of(plan_, trip_id).script;
  const auto turns = script.find(kind);
  const auto turn = turns_taken_[{trip_id, kind}]++;
  Fate fate;
  if (turns != script.end() && turn < turns->second.size()) {
    fate = in_words(turns->second[turn].fate, request, turns->second[turn].word);
  }
  // A capture that comes twice is two captures, whoever repeats it: no box can help that.
  Dice dice(plan_.seed, fmt::format("{} {} {}", trip_id, to_text(kind), turn));
  if (kind != Kind::capture && fate.arrives_after && dice.happens(0.05)) {
    fate.arrives_again_after = *fate.arrives_after + dice.up_to(1min);
  }
  return fate;
}

std::optional<Reply> Story::refusal_of_poison(const Request& request) const {
  const bool poison = kind_of(request) == Kind::cart && trip_of(request) == plan_.trips.front().id;
  if (!poison || schedule_.wall() - began_ >= plan_.poisoned_for) return std::nullopt;
  struct Refusal {
    int status;
    std::string_view body;
  };
  constexpr auto all = std::to_array<Refusal>({{500, ""},
                                               {404, "<html>no</html>"},
                                               {400, "<html>bad</html>"},
                                               {413, R"({"message":"Request Too Long"})"},
                                               {409, R"({"title":"Conflict","status":409})"},
                                               {200, "<html>log in</html>"},
                                               {200, R"({"errorMsg":"Internal"})"},
                                               {403, ""}});
  Dice dice(plan_.seed, "poison");
  const auto& chosen = dice.of(std::span<const Refusal>(all));
  auto reply = simulation::answer(chosen.status, std::string(chosen.body));
  if (chosen.status == 413) reply.error_type = "RequestEntityTooLargeException";  // a gateway's
  return reply;
}

/// As the gate does: while the box is down there is no 201, and Amazon comes again.
void Story::arrive(Site& site, const TripPlan& trip) {
  auto& box = site.box();
  if (!box.is_running()) return schedule_.after(1s, [this, &site, &trip] { arrive(site, trip); });
  box.take_cart({.trip_id = trip.id,
                 .purchase_id = trip.empty ? "" : "p-" + trip.id,
                 .entry = store::Entry::card,
                 .started_at = began_ + trip.arrives_after - trip.began_before,
                 .received_at = box.clock().wall(),
                 .body = fmt::format(R"({{"trip":"{}"}})", trip.id),
                 .first_settlement = trip.empty ? store::SettlementState::cancel_due
                                                : store::SettlementState::awaiting_price,
                 .store_id = trip.store});
  site.acknowledged().insert(trip.id);
  books_.cart_came(trip.id);
}

void Story::send_again(Site& site) {
  for (const auto& trip : plan_.trips) {
    if (site.acknowledged().erase(trip.id) == 0) continue;
    Dice dice(plan_.seed, "again " + trip.id);
    schedule_.after(dice.up_to(10min), [this, &site, &trip] { arrive(site, trip); });
  }
}

void Story::visit() {
  if (visits_end_) return;
  schedule_.after(plan_.visits_every, [this] { visit(); });
  for (const auto& site : sites_) {
    auto& box = site->box();
    if (!box.is_running()) continue;
    const auto& known = site->acknowledged();
    balance(*site);
    // That of a copy is never accepted while the original runs (docs/settlement.md).
    const bool all_came = known.size() == plan_.trips.size() && site->role() != BoxRole::copy;
    if (all_came) person_.look_at_gaps(box, {known.begin(), known.end()});
    for (const auto& trip_id : known) person_.visit(box, trip_id, site->role());
  }
  check_refunds_made();
  come_back_for_refunds();
}

void Story::come_back_for_refunds() {
  if (!plan_.decides_refunds || std::ranges::none_of(plan_.trips, &TripPlan::refunded)) return;
  Dice dice(plan_.seed, fmt::format("back for refunds {}", visits_++));
  for (const milliseconds at_most : {100ms, milliseconds{40s}, milliseconds{25min}}) {
    schedule_.after(dice.up_to(at_most), [this] { look_at_refunds(); });
  }
}

void Story::look_at_refunds() {
  if (visits_end_) return;
  for (const auto& site : sites_) {
    if (!site->box().is_running()) continue;
    for (const auto& trip_id : site->acknowledged()) {
      person_.look_at_refunds(site->box(), trip_id, site->role());
    }
  }
}

/// The cloud may say to the second box that it has the cart, and nothing more: that box charges
/// nothing. What is withheld in a copy waits for a person, who never lets it go.
bool Story::is_left_to_another(const Site& site, const store::Settlement& settlement) const {
  if (site.role() == BoxRole::copy && settlement.withheld) return true;
  if (settlement.state == store::SettlementState::not_granted) {
    return plan_.boxes > 1 && !person_.is_to_decide(site.role(), settlement);
  }
  return plan_.boxes > 1 && settlement.state == store::SettlementState::awaiting_price;
}

bool Story::is_over() {
  if (sites_.size() < plan_.boxes) return false;  // nobody has copied it yet
  if (schedule_.steady() < look_at_) return false;
  look_at_ = schedule_.steady() + 1min;  // looking is dearer than living
  return std::ranges::all_of(sites_, [this](const auto& site) { return is_over(*site); });
}

bool Story::is_over(Site& site) {
  if (!site.is_through()) return false;
  auto& box = site.box();
  const bool gets_all = site.role() != BoxRole::copy || plan_.copying->gets_carts;
  const bool all_came = !gets_all || site.acknowledged().size() == plan_.trips.size();
  if (!all_came || !box.is_running()) return false;
  return std::ranges::all_of(site.acknowledged(), [&](const std::string& trip_id) {
    const auto view = box.trip(trip_id);
    const bool delivered = std::ranges::all_of(view.deliveries, has_ended);
    if (is_left_to_another(site, *view.settlement)) return delivered;
    const auto state = view.settlement->state;
    if (state == store::SettlementState::expired && !person_.lets_be(trip_id)) return false;
    return delivered && store::is_final(state);
  });
}

}  // namespace gatehouse::sync::model
