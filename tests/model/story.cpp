#include "tests/model/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using simulation::Fate;
using simulation::Port;

/// What is planned is over within hours; then people come by, and all is to end.
constexpr milliseconds bound = 24h * 4;
/// What still hangs on some way has arrived by then.
constexpr milliseconds aftermath = 15min;

simulation::BoxOptions options_of(const Plan& plan, const Planted& planted, const Clock& clock,
                                  simulation::Schedule& schedule) {
  simulation::BoxOptions options;
  if (plan.repeats) options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  options.jwo.report_payment_status = plan.reports;
  options.clock = &clock;
  options.witness_late = planted.witness_late;
  if (planted.port) {
    options.through = [through = planted.port, &schedule](LedgerPort& port) {
      return through(port, schedule);
    };
  }
  return options;
}

/// The answers that depend on what was asked.
Fate in_words(Fate fate, const Request& request, const std::string& word) {
  if (word.empty()) return fate;
  fate.arrives_after = std::nullopt;
  fate.reply = simulation::answer(200, fmt::format(R"({{"status":"{}"}})", word));
  if (word != "PARTLY") return fate;
  const auto code = between(request.body, R"("code":")", "\"");
  fate.reply = simulation::answer(
      200, fmt::format(R"({{"status":"APPROVED","authorizedAmount":{{"amount":0,"code":"{}"}}}})",
                       code));
  return fate;
}

}  // namespace

std::uint64_t Story::Wire::start(Request request, Done done) {
  const auto number = story_.books_.leaves(story_.box_, request);
  auto sent = request;
  return story_.network_.start(std::move(request), [this, number, sent = std::move(sent),
                                                    finish = std::move(done)](Reply reply) {
    story_.books_.told(number, sent, reply);
    finish(std::move(reply));
  });
}

Story::Story(Plan plan, const Planted& planted)
    : plan_(std::move(plan)),
      clock_(schedule_, plan_.clock_off),
      service_(plan_, schedule_),
      retailer_(plan_),
      books_(plan_, schedule_),
      person_(plan_, service_, books_),
      box_dice_(plan_.seed, "box"),
      way_dice_(plan_.seed, "way"),
      network_(
          schedule_,
          [this](const Request& request) {
            return request.signing ? service_.handle(request) : retailer_.handle(request);
          },
          [this](const Request& request) { return fate_of(request); }),
      wire_(*this),
      planted_(planted.transport ? planted.transport(wire_, clock_) : nullptr),
      box_(
          schedule_, planted_ ? *planted_ : wire_, [this] { return box_dice_.chance(); },
          options_of(plan_, planted, clock_, schedule_), [this] { return commit_fate(); }) {}

void Story::begin() {
  for (const auto& trip : plan_.trips) {
    schedule_.after(trip.arrives_after, [this, &trip] { arrive(trip); });
  }
  for (const auto& loss : plan_.losses) {
    if (loss.when == Loss::When::at_time) schedule_.after(loss.at, [this, &loss] { lose(loss); });
  }
  for (const auto& [at, by] : plan_.steps) {
    schedule_.after(at, [this, step = by] {
      clock_.step(step);
      books_.note(fmt::format("the box's clock steps by {} s", step.count() / 1000));
    });
  }
  schedule_.after(plan_.visits_every, [this] { visit(); });
}

void Story::live() {
  try {
    begin();
    auto look_at = schedule_.steady();
    const auto over = [&] {
      if (schedule_.steady() < look_at) return false;
      look_at = schedule_.steady() + 1min;
      return is_over();
    };
    if (!run_until(schedule_, box_, bound, over)) books_.complain(10, "it does not end");
    run_until(schedule_, box_, aftermath, [] { return false; });
    run_until(schedule_, box_, 3h, [this] { return box_.is_running(); });
    end();
  } catch (const std::exception& error) {
    books_.complain(0, error.what());
  }
}

/// By count, so that a delay changes nothing else.
Fate Story::fate_of(const Request& request) {
  const Kind kind = kind_of(request);
  const auto& script = plan_of(plan_, trip_of(request)).script;
  const auto turns = script.find(kind);
  const auto turn = turns_taken_[{trip_of(request), kind}]++;
  Fate fate;
  if (turns != script.end() && turn < turns->second.size()) {
    fate = in_words(turns->second[turn].fate, request, turns->second[turn].word);
  }
  // A capture that comes twice is two captures, whoever repeats it: no box can help that.
  if (kind != Kind::capture && fate.arrives_after && way_dice_.happens(0.05)) {
    fate.arrives_again_after = *fate.arrives_after + way_dice_.up_to(1min);
  }
  ++calls_;
  for (const auto& loss : plan_.losses) {
    const bool before = loss.when == Loss::When::before_call;
    if ((!before && loss.when != Loss::When::after_call) || loss.count != calls_) continue;
    if (before) fate.arrives_after = std::nullopt;
    schedule_.after(0ms, [this, &loss] { lose(loss); });
  }
  return fate;
}

Port::CommitFate Story::commit_fate() {
  ++commits_;
  for (const auto& loss : plan_.losses) {
    const bool before = loss.when == Loss::When::before_commit;
    if ((!before && loss.when != Loss::When::after_commit) || loss.count != commits_) continue;
    schedule_.after(0ms, [this, &loss] { lose(loss); });
    return before ? Port::CommitFate::cut_off_before : Port::CommitFate::cut_off_after;
  }
  return Port::CommitFate::succeeds;
}

void Story::lose(const Loss& loss) {
  if (!box_.is_running()) return;
  books_.note(loss.power ? "the power goes" : "the process is killed");
  if (loss.power) {
    box_.cut_power();
  } else {
    box_.crash();
  }
  schedule_.after(loss.down, [this] {
    box_.start();
    books_.note("the box starts");
  });
}

/// As the gate does: while the box is down there is no 201, and Amazon comes again.
void Story::arrive(const TripPlan& trip) {
  if (!box_.is_running()) return schedule_.after(1s, [this, &trip] { arrive(trip); });
  box_.take_cart({.trip_id = trip.id,
                  .purchase_id = trip.empty ? "" : "p-" + trip.id,
                  .entry = store::Entry::card,
                  .started_at = schedule_.wall() - trip.began_before,
                  .received_at = clock_.wall(),
                  .body = fmt::format(R"({{"trip":"{}"}})", trip.id),
                  .first_settlement = trip.empty ? store::SettlementState::cancel_due
                                                 : store::SettlementState::awaiting_price});
  acknowledged_.insert(trip.id);
}

void Story::visit() {
  schedule_.after(plan_.visits_every, [this] { visit(); });
  if (!box_.is_running()) return;
  for (const auto& trip_id : acknowledged_) person_.visit(box_, trip_id);
}

bool Story::is_over() {
  if (acknowledged_.size() < plan_.trips.size() || !box_.is_running()) return false;
  return std::ranges::all_of(acknowledged_, [this](const std::string& trip_id) {
    const auto view = box_.trip(trip_id);
    const bool delivered = std::ranges::all_of(view.deliveries, [](const store::Delivery& each) {
      return each.state == store::DeliveryState::delivered;
    });
    return delivered && store::is_final(view.settlement->state);
  });
}

}  // namespace gatehouse::sync::model
