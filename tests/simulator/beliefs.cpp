#include "tests/simulator/beliefs.hpp"

#include <algorithm>

#include "store/ledger_reader.hpp"

namespace gatehouse::simulator {

// By their endings, so that a state that is added is judged too.
bool Belief::is_open() const {
  return settlement.starts_with("awaiting_") || settlement.ends_with("_due") ||
         settlement.ends_with("_sent") || settlement.ends_with("_unknown");
}

bool Belief::is_held() const {
  return settlement == "held" || settlement == "expired";
}

namespace {

void add_refunds(const store::TripView& trip, Belief& belief) {
  for (const auto& refund : trip.refunds) {
    const auto delivery =
        std::ranges::find(trip.deliveries, refund.delivery_id, &store::Delivery::id);
    if (delivery == trip.deliveries.end() || delivery->state == store::DeliveryState::pending) {
      belief.is_refund_due = true;
    } else if (delivery->state == store::DeliveryState::delivered) {
      ++belief.refunds;
      belief.refunded_minor += refund.amount.minor;
    } else {
      belief.refund_set_aside_minor += refund.amount.minor;
    }
  }
}

}  // namespace

Result<Beliefs> read_beliefs(const std::filesystem::path& ledger,
                             const std::vector<TripReport>& trips) {
  auto reader = store::LedgerReader::open(ledger);
  if (!reader) return propagate(std::move(reader), ledger.string());
  Beliefs beliefs;
  for (const auto& trip : trips) {
    auto view = reader->trip(trip.trip_id);
    if (!view) return propagate(std::move(view), ledger.string());
    if (!*view) continue;
    Belief belief;
    if (const auto& settlement = (*view)->settlement) {
      belief.settlement = store::to_text(settlement->state);
      belief.amount = settlement->amount;
    }
    add_refunds(**view, belief);
    beliefs.emplace(trip.trip_id, std::move(belief));
  }
  return beliefs;
}

}  // namespace gatehouse::simulator
