#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {

/// A ledger with a charge, T1, that can come to wait for a person.
class OpenQuestions : public testing::Test, public LedgerFixture {
 protected:
  OpenQuestions() {
    append(make_cart("T1"));
    require(ledger->price("T1", {999, "USD"}, at(6'000)));
    attempt(1, DeliveryState::delivered);
  }

  void move(SettlementState from, SettlementState to, std::int64_t when,
            std::optional<int> looks = std::nullopt,
            std::optional<std::string> record = std::nullopt) {
    require(ledger->move_settlement({.trip_sequence = 1,
                                     .from = from,
                                     .to = to,
                                     .at = at(when),
                                     .next_attempt_at = at(when),
                                     .reason = "why",
                                     .payment_record = std::move(record),
                                     .clear_looks = looks}));
  }
  void leave_in_doubt() {
    move(SettlementState::adjust_due, SettlementState::adjust_sent, 7'000);
    move(SettlementState::adjust_sent, SettlementState::capture_sent, 8'000);
    move(SettlementState::capture_sent, SettlementState::capture_unknown, 10'000, 0);
  }
  void attempt(std::int64_t id, DeliveryState state, std::optional<NewDecision> decision = {}) {
    require(ledger->record_attempt({.delivery_id = id,
                                    .state = state,
                                    .at = at(20'000),
                                    .next_attempt_at = at(20'000),
                                    .reason = "",
                                    .charge = std::nullopt,
                                    .decision = std::move(decision)}));
  }
  QuestionFacts facts() { return require(reader->questions().facts(1)).value(); }
  std::vector<std::int64_t> due(std::int64_t now) {
    return require(reader->questions().due(at(now), at(now + 3'600'000), 10));
  }
  bool ask(std::int64_t next = 140'000) {
    const auto charge = require(reader->settlement(1)).value();
    const auto known = facts();
    return require(ledger->ask({.trip_sequence = 1,
                                .trip_id = "T1",
                                .state = charge.state,
                                .clear_looks = charge.clear_looks,
                                .ask_at = known.ask_at.value(),
                                .next_ask_at = at(next),
                                .record = R"({"status":"UNCLEAR"})",
                                .at = at(20'000)}));
  }
  std::vector<Delivery> records() {
    auto all = trip("T1").deliveries;
    std::erase_if(all, [](const Delivery& each) { return each.kind == DeliveryKind::cart; });
    return all;
  }
};

}  // namespace gatehouse::store
