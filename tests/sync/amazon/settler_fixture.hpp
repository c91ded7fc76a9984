#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>

#include "tests/sync/simulation/amazon.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync {

using namespace std::chrono_literals;
using simulation::Fate;
using simulation::Port;
using State = store::SettlementState;

/// A box and Amazon on a simulated clock; without a cloud.
class SettlerTest : public testing::Test {
 protected:
  SettlerTest() { options.cloud.url = ""; }  // payment records stay where they can be looked at

  simulation::Box& start() { return box.emplace(schedule, network, chance(), options, commits); }
  Chance chance() {
    return [this] { return std::uniform_real_distribution<>(0, 1)(random); };
  }

  void take_trip(const std::string& trip_id, State first = State::adjust_due,
                 const Money& price = {1599, "USD"}) {
    const bool empty = first == State::cancel_due;
    auto& cart = plans[trip_id].cart;
    cart = {.trip_id = trip_id,
            .purchase_id = empty ? "" : "p-" + trip_id,
            .entry = store::Entry::card,
            .started_at = schedule.wall(),
            .received_at = schedule.wall(),
            .body = "{}",
            .first_settlement = empty ? State::cancel_due : State::awaiting_price};
    box->take_cart(cart);
    if (first == State::adjust_due) box->price(trip_id, price);
  }

  bool run(milliseconds at_most, const std::function<bool()>& is_done) {
    return simulation::run_until(schedule, *box, at_most, is_done);
  }
  bool reaches(const std::string& trip_id, State state, milliseconds at_most = 5min) {
    return run(at_most, [&] { return box->trip(trip_id).settlement->state == state; });
  }
  store::Settlement settlement(const std::string& trip_id) {
    return *box->trip(trip_id).settlement;
  }
  /// What happens to the first request whose URL ends so; the others pass.
  void first(std::string path, Fate fate) {
    network.set_fates([path = std::move(path), fate, used = false](const Request& r) mutable {
      if (used || !r.url.ends_with(path)) return Fate{};
      used = true;
      return fate;
    });
  }
  void all(std::string path, Fate fate) {
    network.set_fates([path = std::move(path), fate](const Request& r) {
      return r.url.ends_with(path) ? fate : Fate{};
    });
  }
  static Fate instead(Reply reply) { return {.arrives_after = std::nullopt, .reply = reply}; }

  std::mt19937_64 random{1};
  simulation::Schedule schedule;
  simulation::TripPlans plans;
  simulation::Amazon amazon{plans, schedule};
  simulation::Network network{schedule, [this](const Request& r) { return amazon.handle(r); },
                              [](const Request&) { return Fate{}; }};
  Port::Fates commits = [] { return Port::CommitFate::succeeds; };
  simulation::BoxOptions options;
  std::optional<simulation::Box> box;
};

}  // namespace gatehouse::sync
