#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "store/ledger/vouched_ledger.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {

/// A ledger with an identity, as the ledger thread opens it.
class LedgerGrant : public testing::Test {
 protected:
  void append(const std::string& trip_id,
              std::optional<SettlementState> first = SettlementState::awaiting_price) {
    NewCart cart = make_cart(trip_id);
    cart.first_settlement = first;
    run([&](Ledger& ledger) { require(ledger.append(cart)); });
  }
  /// The cloud's answer to the cart of a trip, with this price.
  void answer(const std::string& trip_id, ChargeGrant grant,
              std::optional<Money> price = Money{999, "USD"}) {
    DeliveryAttempt attempt;
    attempt.delivery_id = trip(trip_id).deliveries.at(0).id;
    attempt.state = DeliveryState::delivered;
    attempt.at = at(9'000);
    attempt.charge = std::move(price);
    attempt.grant = std::move(grant);
    run([&](Ledger& ledger) { require(ledger.record_attempt(attempt)); });
  }
  void run(const std::function<void(Ledger&)>& work) {
    require(opened.ledger.begin());
    work(opened.ledger);
    require(opened.ledger.commit());
  }
  /// The file is lost or cut: a new era, and what is open is withheld.
  void lose_history() {
    run([](Ledger& ledger) {
      require(ledger.note_gap({GapKind::behind, at(20'000), ledger.mark(), 1}));
    });
  }
  TripView trip(const std::string& trip_id) {
    return require(require(LedgerReader::open(file)).trip(trip_id)).value();
  }
  Settlement settlement(const std::string& trip_id) { return trip(trip_id).settlement.value(); }
  LedgerCounts counts() { return require(require(LedgerReader::open(file)).counts()); }
  std::string name() { return ledger_name(opened.ledger.mark()); }
  std::size_t due() {
    auto reader = require(LedgerReader::open(file));
    return require(reader.due_settlements(at(30'000), wait_max, 100)).size();
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
  VouchedLedger opened = require(open_vouched(file, at(500)));
};

}  // namespace gatehouse::store
