// Forwarder and settler over a ledger some of whose pages are gone, in the simulated world.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/store/sqlite/damage.hpp"
#include "tests/sync/simulation/amazon.hpp"
#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/cloud.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using simulation::Fate;
using simulation::Port;
using store::DeliveryState;
using testing::HasSubstr;

class DamagedLedger : public testing::Test {
 protected:
  DamagedLedger() {
    options.cloud.max_in_flight = 4;
    options.jwo.max_in_flight = 4;
    box.emplace(schedule, network, chance(), options);
  }
  Chance chance() {
    return [this] { return std::uniform_real_distribution<>(0, 1)(random); };
  }
  static std::string name(int i) { return fmt::format("T{:04}", i); }

  /// Carts of three pages each, with the trip's name in the middle one.
  void take_carts(int count, std::size_t filler = 6'000) {
    for (int i = 0; i < count; ++i) {
      auto& plan = plans[name(i)];
      plan.cart = {.trip_id = name(i),
                   .purchase_id = "p-" + name(i),
                   .entry = store::Entry::card,
                   .started_at = schedule.wall(),
                   .received_at = schedule.wall(),
                   .body = std::string(filler, ' ') + "{\"cart of\":\"" + name(i) + "\"}" +
                           std::string(filler, ' '),
                   .first_settlement = store::SettlementState::awaiting_price};
      box->take_cart(plan.cart);
    }
  }
  static std::string marker(int i) { return "\"cart of\":\"" + name(i); }

  template <class Damage>
  void damage(const Damage& work) {
    box->crash();
    work(box->ledger_file());
    box->start();
  }
  bool run(milliseconds at_most, const std::function<bool()>& is_done) {
    return simulation::run_until(schedule, *box, at_most, is_done);
  }
  /// Lets an hour pass.
  void settle_down() {
    (void)run(1h, [] { return false; });
  }
  [[nodiscard]] std::size_t carts_sent() const { return cloud.order().size(); }
  [[nodiscard]] bool was_sent(int i) const {
    return std::ranges::count(cloud.order(), name(i)) > 0;
  }

  std::mt19937_64 random{1};
  simulation::Schedule schedule;
  simulation::TripPlans plans;
  simulation::Cloud cloud{plans};
  simulation::Amazon amazon{plans, schedule};
  simulation::Network network{schedule,
                              [this](const Request& request) {
                                return request.url.contains("cloud.test") ? cloud.handle(request)
                                                                          : amazon.handle(request);
                              },
                              [](const Request&) { return Fate{}; }};
  simulation::BoxOptions options;
  std::optional<simulation::Box> box;
};

TEST_F(DamagedLedger, SetsTheOneCartAsideWhosePageIsGoneAndSendsTheOthers) {
  take_carts(20);
  damage([](const auto& file) { store::zero_page_with(file, marker(7)); });
  settle_down();
  EXPECT_EQ(carts_sent(), 19U);
  EXPECT_FALSE(was_sent(7));
  const auto cart = box->trip(name(7)).deliveries.at(0);
  EXPECT_EQ(cart.state, DeliveryState::set_aside);
  EXPECT_THAT(cart.reason, HasSubstr("damaged"));
  EXPECT_EQ(box->counts().damaged, 1);
  EXPECT_EQ(box->counts().captured, 19) << "their charges go on";
  EXPECT_EQ(box->forwarder().in_flight(), 0U);
  EXPECT_EQ(box->forwarder().quarantine().size(), 0U) << "it is on disk that it is set aside";
  EXPECT_NE(box->reader().damage(), "");
}

TEST_F(DamagedLedger, AsksThePaymentsDeskOnThoughTheOverdueChargesCannotBeRead) {
  plans[name(0)].priced_by_cloud = false;
  take_carts(1);
  box->act(name(0), OperatorAction::hold);
  damage([](const auto& file) { store::zero_leaves_of(file, "settlement_overdue"); });
  EXPECT_TRUE(run(5min, [&] {
    return std::ranges::any_of(box->trip(name(0)).deliveries, [](const auto& each) {
      return each.kind == store::DeliveryKind::open_question;
    });
  }));
  EXPECT_NE(box->reader().damage(), "") << "and it is told";
}

TEST_F(DamagedLedger, NeverSendsNorChargesACartOfWhichOneBitIsAnother) {
  take_carts(3);
  damage([](const auto& file) { store::flip_a_bit_at(file, marker(1)); });
  settle_down();
  EXPECT_EQ(carts_sent(), 2U);
  EXPECT_FALSE(was_sent(1));
  EXPECT_THAT(box->trip(name(1)).deliveries.at(0).reason, HasSubstr("SHA-256"));
  EXPECT_TRUE(amazon.account(name(1)).captures.empty());
  EXPECT_EQ(box->counts().captured, 2);
}

TEST_F(DamagedLedger, GoesOnWithTheOthersWhereMoreIsDamagedThanThereAreSlots) {
  take_carts(40);
  damage([](const auto& file) {
    for (int i = 5; i < 35; ++i) store::zero_page_with(file, marker(i));
  });
  EXPECT_TRUE(run(10min, [&] { return box->counts().delivered >= 10; }));
  settle_down();
  EXPECT_EQ(carts_sent(), 10U);
  EXPECT_EQ(box->counts().damaged, 30);
}

TEST_F(DamagedLedger, WithholdsWhatCannotEvenBeSetAsideAndDoesNotSpinOnIt) {
  take_carts(100, 10);
  int lost = 0;
  damage([&](const auto& file) {
    lost = store::rows_in_first_leaf(file, "delivery");
    store::zero_leaves_of(file, "delivery", 0);
  });
  settle_down();
  EXPECT_EQ(carts_sent(), static_cast<std::size_t>(100 - lost));
  EXPECT_EQ(box->forwarder().quarantine().size(), static_cast<std::size_t>(lost));
  EXPECT_THAT(box->forwarder().quarantine().reason(), HasSubstr("SQLITE_CORRUPT"));
  EXPECT_EQ(box->forwarder().in_flight(), 0U) << "no slot is lost";
  const auto before = box->reader().steps();
  settle_down();
  EXPECT_LT(box->reader().steps() - before, 10'000'000) << "an hour of looks, one a second";
}

TEST_F(DamagedLedger, SendsWhatTheGoodEndOfADamagedIndexNamesAndSaysWhatIsTheMatter) {
  take_carts(400, 10);
  damage([](const auto& file) { store::zero_leaves_of(file, "delivery_ready", 0); });
  settle_down();
  EXPECT_GT(carts_sent(), 100U);
  EXPECT_EQ(box->forwarder().in_flight(), 0U);
  EXPECT_THAT(box->reader().damage(), HasSubstr("SQLITE_CORRUPT"));
}

TEST_F(DamagedLedger, LosesNoSlotWhereOutcomesCannotBeWrittenDown) {
  take_carts(400, 10);
  damage([](const auto& file) { store::zero_leaves_of(file, "delivery_by_state"); });
  settle_down();
  EXPECT_EQ(box->forwarder().in_flight(), 0U);
  EXPECT_GT(carts_sent(), 16U) << "a slot comes back after each";
  for (const auto& [key, effect] : cloud.effects()) EXPECT_EQ(effect.times_sent, 1) << key;
  EXPECT_EQ(box->forwarder().quarantine().size(), carts_sent());
}

/// Answers whatever it is handed that it met damage, while it is `deaf`.
class DeafPort final : public LedgerPort {
 public:
  DeafPort(LedgerPort& port, const bool& deaf) : port_(port), deaf_(deaf) {}
  void commit(Work work, Done done) override {
    if (!deaf_) return port_.commit(std::move(work), std::move(done));
    port_.commit([](store::Ledger&) -> Result<> { return failure(Remedy::repair, "damaged"); },
                 std::move(done));
  }

 private:
  LedgerPort& port_;
  const bool& deaf_;
};

TEST_F(DamagedLedger, SendsWhatIsQuarantinedOnceMoreWhereAPersonRetriesIt) {
  bool deaf = true;
  options.through = [&deaf](LedgerPort& port) { return std::make_unique<DeafPort>(port, deaf); };
  box.emplace(schedule, network, chance(), options);
  take_carts(1, 10);
  settle_down();
  ASSERT_EQ(box->forwarder().quarantine().size(), 1U);
  deaf = false;
  settle_down();
  ASSERT_EQ(cloud.effects().begin()->second.times_sent, 1);
  box->retry(box->trip(name(0)).deliveries.at(0).id);
  settle_down();
  EXPECT_EQ(cloud.effects().begin()->second.times_sent, 2);
  EXPECT_EQ(box->trip(name(0)).deliveries.at(0).state, DeliveryState::delivered);
  EXPECT_EQ(box->forwarder().quarantine().size(), 0U);
  box.reset();
}

TEST_F(DamagedLedger, MakesNoCallWhoseIntentCannotBeWrittenDownAndKeepsItsSlots) {
  take_carts(40, 10);
  ASSERT_TRUE(run(10min, [&] { return box->counts().captured == 40; }));
  options.jwo.settlement = SettlementMode::payment;
  take_carts(0);
  for (int i = 40; i < 60; ++i) {
    plans[name(i)].cart = plans[name(0)].cart;
    plans[name(i)].cart.trip_id = name(i);
    plans[name(i)].priced_by_cloud = false;
    box->take_cart(plans[name(i)].cart);
    box->price(name(i), Money{1599, "USD"});
  }
  const auto adjusts = amazon.accounts().size();
  damage([](const auto& file) { store::zero_leaves_of(file, "settlement_history", -1); });
  settle_down();
  EXPECT_EQ(box->settler().in_flight(), 0U);
  EXPECT_EQ(amazon.accounts().size(), adjusts) << "nothing left without its intent";
  EXPECT_EQ(box->settler().quarantine().size(), 20U);
}

TEST_F(DamagedLedger, HoldsATripWhoseCheckoutCartIsDamagedInsteadOfAskingForItForEver) {
  options.jwo.settlement = SettlementMode::checkout;
  box.emplace(schedule, network, chance(), options);
  take_carts(1, 10);
  box->price(name(0), Money{1599, "USD"}, "the checkout cart of one trip");
  damage([](const auto& file) { store::flip_a_bit_at(file, "the checkout cart of"); });
  settle_down();
  EXPECT_TRUE(amazon.account(name(0)).checkouts.empty());
  EXPECT_EQ(box->trip(name(0)).settlement->state, store::SettlementState::held);
  EXPECT_THAT(box->trip(name(0)).settlement->reason, HasSubstr("damaged"));
}

}  // namespace
}  // namespace gatehouse::sync
