#include "store/ledger/ledger_counts.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "store/ledger/ledger_reader_state.hpp"

namespace gatehouse::store {
namespace {

struct StateCount {
  std::int64_t state;  ///< as it is there
  std::int64_t count;
  WallTime oldest_at;  ///< start of the trip that began first
};

}  // namespace

Result<LedgerCounts> LedgerReader::counts(WallTime recent_since) {
  auto snapshot = state_->read_snapshot();
  if (!snapshot) return propagate(std::move(snapshot));
  LedgerCounts counts;
  Result<> counted = state_->count_deliveries(counts, recent_since);
  if (counted) counted = state_->count_refunds_withdrawn(counts);
  if (counted) counted = state_->count_settlements(counts, recent_since);
  if (counted) counted = state_->find_due(counts);
  if (counted) counted = state_->count_prices_unusable(counts);
  if (counted) counted = state_->count_unsound_evidence(counts);
  if (counted) counted = state_->count_carts_after_empty(counts, recent_since);
  if (counted) counted = state_->count_not_granted(counts, recent_since);
  if (counted) counted = state_->count_refused_carts(counts, recent_since);
  if (counted) counted = state_->count_decisions(counts, recent_since);
  if (counted) counted = state_->gaps_.count(counts);
  if (!counted) return propagate(std::move(counted), "counting the ledger");
  return counts;
}

Result<> LedgerReader::State::count_deliveries(LedgerCounts& counts, WallTime recent_since) {
  const auto pair = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.integer(1));
  };
  auto all = totals_.first(pair);
  if (!all) return propagate(std::move(all));
  std::tie(counts.trips, counts.differing_carts) = all->value_or(std::pair(0, 0));
  auto states = delivery_states_.all(pair);
  if (!states) return propagate(std::move(states));
  for (const auto& [state, count] : *states) {
    switch (static_cast<DeliveryState>(state)) {
      case DeliveryState::pending:
        counts.pending = count;
        break;
      case DeliveryState::delivered:
        counts.delivered = count;
        break;
      case DeliveryState::set_aside:
        counts.set_aside = count;
        break;
      case DeliveryState::withdrawn:
        counts.withdrawn = count;
        break;
    }
  }
  auto elsewhere = pending_elsewhere_.first(pair);
  if (!elsewhere) return propagate(std::move(elsewhere));
  std::tie(counts.pending_refunds, counts.pending_reports) = elsewhere->value_or(std::pair(0, 0));
  auto damaged = damaged_deliveries_.first(sqlite::read_number);
  if (!damaged) return propagate(std::move(damaged));
  counts.damaged = damaged->value_or(0);
  const auto conflicts = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.optional_time(1));
  };
  auto conflicting = key_conflicts_.first(conflicts, recent_since);
  if (!conflicting) return propagate(std::move(conflicting));
  if (*conflicting) std::tie(counts.key_conflicts, counts.key_conflict_since) = **conflicting;
  auto oldest = oldest_pending_.first(sqlite::read_time);
  if (!oldest) return propagate(std::move(oldest));
  counts.oldest_pending_at = oldest->value_or(std::nullopt);
  return {};
}

// It reads rows, where the counts are read from indexes: damage there is noted, and costs no other.
Result<> LedgerReader::State::count_refunds_withdrawn(LedgerCounts& counts) {
  if (counts.withdrawn == 0) return {};
  const auto read = [&counts](const sqlite::Rows& row) {
    counts.refunds_withdrawn = row.integer(0);
    if (counts.refunds_withdrawn == 0) return true;
    counts.last_withdrawn_refund = row.integer(1);
    counts.last_withdrawn_refund_trip = row.string(2);
    return true;
  };
  auto found = noted(refunds_withdrawn_.first(read));
  if (!found && found.error().remedy != Remedy::repair) return propagate(std::move(found));
  return {};
}

Result<> LedgerReader::State::count_settlements(LedgerCounts& counts, WallTime recent_since) {
  const auto read = [](const sqlite::Rows& row) {
    return StateCount{row.integer(0), row.integer(1), row.time(2)};
  };
  auto states = settlement_states_.all(read);
  if (!states) return propagate(std::move(states));
  for (const auto& [number, count, oldest_at] : *states) {
    const auto state = static_cast<SettlementState>(number);
    if (!numbers_of(state).holds(number)) {  // no other count is to be lost for it
      (void)noted(Result<>(failure(Remedy::repair, sqlite::unknown_number)));
      continue;
    }
    switch (state) {
      case SettlementState::captured:
        counts.captured = count;
        break;
      case SettlementState::cancelled:
        counts.cancelled = count;
        break;
      case SettlementState::declined:
        counts.declined = count;
        break;
      case SettlementState::held:
        counts.held = count;
        break;
      case SettlementState::expired:
        counts.expired = count;
        break;
      case SettlementState::checked_out:
        counts.checked_out = count;
        break;
      case SettlementState::not_granted:
        counts.not_granted = count;
        break;
      case SettlementState::settled_elsewhere:
        counts.settled_elsewhere = count;
        break;
      case SettlementState::written_off:
        counts.written_off = count;
        break;
      default:
        if (state == SettlementState::awaiting_price) counts.awaiting_price = count;
        counts.settlement_open += count;
        if (state == SettlementState::details_due) break;  // charged
        counts.oldest_uncharged_trip_at =
            std::min(oldest_at, counts.oldest_uncharged_trip_at.value_or(oldest_at));
    }
  }
  auto recent = count_recently(SettlementState::expired, recent_since);
  if (!recent) return propagate(std::move(recent));
  counts.expired_recently = *recent;
  const auto unclear_ones = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.optional_time(1));
  };
  auto unclear = captures_unclear_.first(unclear_ones);
  if (!unclear) return propagate(std::move(unclear));
  std::tie(counts.captures_unclear, counts.oldest_unclear_trip_at) =
      unclear->value_or(std::pair(std::int64_t{0}, std::optional<WallTime>{}));
  return {};
}

// Damage to an index of what is due keeps calls from leaving, and whoever sends them tells of it:
// the counts are not lost for it.
Result<> LedgerReader::State::find_due(LedgerCounts& counts) {
  const auto take = [this](auto found, std::optional<WallTime>& due_at) -> Result<> {
    auto time = noted(std::move(found));
    if (time) due_at = time->value_or(std::nullopt);
    if (time || time.error().remedy == Remedy::repair) return {};
    return propagate(std::move(time));
  };
  Result<> taken = take(next_settlement_due_.first(sqlite::read_time), counts.charge_due_at);
  for (const auto& [lane, due_at] : {std::pair{Lane::amazon, &counts.refund_due_at},
                                     std::pair{Lane::feedback, &counts.report_due_at}}) {
    if (taken) taken = take(next_delivery_due_.first(sqlite::read_time, lane), *due_at);
  }
  return taken;
}

Result<std::int64_t> LedgerReader::State::count_recently(SettlementState state, WallTime since) {
  auto found = in_state_recently_.first(sqlite::read_number, state, since);
  if (!found) return propagate(std::move(found));
  return found->value_or(0);
}

Result<> LedgerReader::State::count_not_granted(LedgerCounts& counts, WallTime recent_since) {
  if (counts.not_granted == 0) return {};
  auto recent = count_recently(SettlementState::not_granted, recent_since);
  if (!recent) return propagate(std::move(recent));
  counts.not_granted_recently = *recent;
  const auto read = [](const sqlite::Rows& row) { return std::pair(row.string(0), row.string(1)); };
  auto last = noted(last_not_granted_.first(read));
  // The count is worth more than an example that cannot be read.
  if (!last && last.error().remedy == Remedy::repair) return {};
  if (!last) return propagate(std::move(last));
  if (*last) std::tie(counts.last_not_granted_trip, counts.last_not_granted_reason) = **last;
  return {};
}

Result<> LedgerReader::State::count_refused_carts(LedgerCounts& counts, WallTime recent_since) {
  RefusedCounts& refused = counts.refused;
  const auto total = [&refused](const sqlite::Rows& row) {
    refused.kept = row.integer(0);
    refused.bytes = row.integer(1);
    refused.not_kept = row.integer(2);
    refused.not_kept_at = row.optional_time(3);
    refused.dropped = row.integer(4);
    return true;
  };
  auto found = refused_total_.first(total);
  if (!found) return propagate(std::move(found));
  if (refused.kept == 0) return {};
  auto waiting = refused_waiting_.first(sqlite::read_number);
  if (!waiting) return propagate(std::move(waiting));
  refused.waiting = waiting->value_or(0);
  auto recently = refused_recently_.first(sqlite::read_number, recent_since);
  if (!recently) return propagate(std::move(recently));
  refused.recently = recently->value_or(0);
  const auto last = [&refused](const sqlite::Rows& row) {
    refused.last_trip = row.string(0);
    refused.last_reason = row.string(1);
    refused.last_at = row.time(2);
    return true;
  };
  // The one read of the table: a row that is damaged must not cost the counts.
  auto newest = noted(last_refused_.first(last));
  if (!newest && newest.error().remedy != Remedy::repair) return propagate(std::move(newest));
  return {};
}

Result<> LedgerReader::State::count_decisions(LedgerCounts& counts, WallTime recent_since) {
  const auto read = [](const sqlite::Rows& row) {
    return std::tuple(row.integer(0), row.string(2), row.string(3));
  };
  auto refused = decisions_refused_.first(read, recent_since);
  if (!refused) return propagate(std::move(refused));
  if (*refused) {
    std::tie(counts.decisions_refused, counts.last_decision_refused_trip,
             counts.last_decision_refused_reason) = std::move(**refused);
  }
  return {};
}

// It reads rows of three tables, where the rest is read from indexes (but for the amounts of what
// is withheld): one that is damaged must not cost the other counts, nor look like a count of none.
Result<> LedgerReader::State::count_prices_unusable(LedgerCounts& counts) {
  const auto read = [](const sqlite::Rows& row) {
    return std::tuple(row.integer(0), row.string(2), row.string(3));
  };
  auto found = noted(prices_unusable_.first(read));
  if (!found && found.error().remedy == Remedy::repair) {
    counts.prices_damage = "counting prices that cannot be used: " + found.error().message;
    return {};
  }
  if (!found) return propagate(std::move(found));
  if (*found) {
    std::tie(counts.prices_unusable, counts.last_price_unusable_trip,
             counts.last_price_unusable_reason) = std::move(**found);
  }
  return {};
}

// The trip's name is read from its row: damage there costs the name.
Result<> LedgerReader::State::count_unsound_evidence(LedgerCounts& counts) {
  const auto pair = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.integer(1));
  };
  auto found = unsound_evidence_.first(pair);
  if (!found) return propagate(std::move(found));
  const auto [count, last] = found->value_or(std::pair(0, 0));
  counts.evidence_unsound = count;
  if (count == 0) return {};
  const auto trip_id = [](const sqlite::Rows& row) { return row.string(1); };
  const auto trip = noted(settlement_of_trip_.first(trip_id, last));
  if (trip) counts.last_unsound_trip = trip->value_or("");
  return {};
}

Result<> LedgerReader::State::count_carts_after_empty(LedgerCounts& counts, WallTime recent_since) {
  const auto read = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.is_null(2) ? std::string() : row.string(2));
  };
  auto found = carts_after_empty_.first(read, recent_since);
  if (!found) return propagate(std::move(found));
  std::tie(counts.carts_after_empty, counts.last_trip_after_empty) =
      found->value_or(std::pair(std::int64_t{0}, std::string()));
  return {};
}

}  // namespace gatehouse::store
