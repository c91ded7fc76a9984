#include "tests/simulator/beliefs.hpp"

#include <algorithm>

#include "store/ledger/ledger_reader.hpp"

namespace gatehouse::simulator {
namespace {

using store::DeliveryState;

/// What became of the charge afterwards.
void add_aftermath(const store::TripView& trip, Belief& belief) {
  for (const auto& delivery : trip.deliveries) {
    if (store::lane_of(delivery.kind) == store::Lane::cloud) continue;
    if (delivery.state == DeliveryState::pending) belief.is_aftermath_due = true;
    if (delivery.kind != store::DeliveryKind::payment_status) continue;
    belief.is_reported = delivery.state == DeliveryState::delivered;
  }
  for (const auto& refund : trip.refunds) {
    const auto delivery =
        std::ranges::find(trip.deliveries, refund.delivery_id, &store::Delivery::id);
    if (delivery == trip.deliveries.end()) continue;
    if (delivery->state == DeliveryState::delivered) {
      ++belief.refunds;
      belief.refunded_minor += refund.amount.minor;
    } else if (delivery->state == DeliveryState::set_aside) {
      belief.refund_set_aside_minor += refund.amount.minor;
    }
  }
}

}  // namespace

// By their endings, so that a state that is added is judged too.
bool Belief::is_open() const {
  return settlement.starts_with("awaiting_") || settlement.ends_with("_due") ||
         settlement.ends_with("_sent") || settlement.ends_with("_unknown");
}

bool Belief::is_held() const {
  return settlement == "held" || settlement == "expired" || settlement == "written_off";
}

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
      belief.is_unclear = settlement->charge_unclear;
    }
    add_aftermath(**view, belief);
    beliefs.emplace(trip.trip_id, std::move(belief));
  }
  return beliefs;
}

}  // namespace gatehouse::simulator
