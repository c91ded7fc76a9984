#include "tests/sync/simulation/box.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gatehouse::sync::simulation {
namespace {

/// The ledger of a test does not fail: where it does, the test is over.
template <class T>
T demand(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// In memory where the machine has such a place: whole days of fsyncs are simulated.
std::filesystem::path fast_folder() {
  const std::filesystem::path in_memory = "/dev/shm";
  return std::filesystem::is_directory(in_memory) ? in_memory
                                                  : std::filesystem::temp_directory_path();
}

}  // namespace

Box::Running::Running(Box& box, store::Ledger opened, store::LedgerReader opened_reader)
    : ledger(std::move(opened)),
      reader(std::move(opened_reader)),
      port(box.schedule_, ledger, box.commit_fates_),
      cloud_lane("STORE-001", box.options_.cloud, box.options_.jwo.settlement),
      amazon_lane(box.options_.jwo, box.options_.aws),
      surroundings{reader, port, box.transport_, box.schedule_, box.chance_},
      to_cloud(cloud_lane, surroundings),
      to_amazon(amazon_lane, surroundings),
      settler("STORE-001", box.options_.jwo, box.options_.aws, surroundings) {}

Box::Box(Schedule& schedule, Transport& transport, Chance chance, BoxOptions options,
         Port::Fates commit_fates)
    : folder_(fast_folder()),
      schedule_(schedule),
      transport_(transport),
      chance_(std::move(chance)),
      options_(std::move(options)),
      commit_fates_(std::move(commit_fates)) {
  start();
}

void Box::start() {
  const auto file = ledger_file();
  auto ledger = demand(store::Ledger::open(file));
  auto reader = demand(store::LedgerReader::open(file));
  demand(ledger.begin());
  for (const auto trip : demand(reader.sent_settlements())) {
    demand(ledger.recover_settlement(trip, schedule_.wall()));
  }
  demand(ledger.commit());
  running_.emplace(*this, std::move(ledger), std::move(reader));
}

void Box::crash() {
  running_.reset();
}

void Box::take_cart(const store::NewCart& cart) {
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  demand(ledger.append(cart));
  demand(ledger.commit());
}

void Box::price(const std::string& trip_id, const Money& amount, const std::string& checkout_cart) {
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  demand(ledger.price(trip_id, amount, schedule_.wall(), checkout_cart));
  demand(ledger.commit());
}

store::RefundOutcome Box::refund(const store::NewRefund& refund) {
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  const auto outcome = demand(ledger.refund(refund));
  demand(ledger.commit());
  return outcome;
}

void Box::act(const std::string& trip_id, OperatorAction act) {
  const auto settlement = trip(trip_id).settlement.value();
  const auto step = decide(settlement, act);
  if (!step) throw std::runtime_error(step.error());
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  demand(ledger.move_settlement({.trip_sequence = settlement.trip_sequence,
                                 .from = settlement.state,
                                 .to = step->to,
                                 .at = schedule_.wall(),
                                 .next_attempt_at = schedule_.wall(),
                                 .reason = "",
                                 .payment_record = std::nullopt,
                                 .charge_cleared_up = step->clears_up}));
  demand(ledger.commit());
}

void Box::retry(std::int64_t delivery_id) {
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  demand(ledger.retry(delivery_id, schedule_.wall()));
  demand(ledger.commit());
}

SteadyTime Box::turn() {
  if (!running_) return SteadyTime::max();
  const auto wanted =
      std::min({running_->to_cloud.turn(), running_->to_amazon.turn(), running_->settler.turn()});
  if (wanted <= schedule_.steady()) throw std::runtime_error("a loop that never sleeps");
  return wanted;
}

store::LedgerCounts Box::counts() {
  return demand(running_->reader.counts());
}

store::TripView Box::trip(const std::string& trip_id) {
  return demand(running_->reader.trip(trip_id)).value();
}

std::string Box::payment_record(const std::string& trip_id) {
  auto& ledger = running_->ledger;
  demand(ledger.begin());
  demand(ledger.record_attempt({.delivery_id = trip(trip_id).deliveries.at(0).id,
                                .state = store::DeliveryState::delivered,
                                .at = schedule_.wall(),
                                .next_attempt_at = {},
                                .reason = "",
                                .charge = {}}));
  demand(ledger.commit());
  const auto due = demand(
      running_->reader.due_deliveries(store::Lane::cloud, schedule_.wall(), milliseconds{60'000},
                                      store::LedgerReader::Order::oldest_first, 1000));
  for (const auto& each : due) {
    auto delivery = demand(running_->reader.delivery(each));
    if (delivery.trip_id == trip_id && delivery.kind == store::DeliveryKind::payment_record) {
      return std::move(delivery.payload);
    }
  }
  return "";
}

bool run_until(Schedule& schedule, Box& box, milliseconds at_most,
               const std::function<bool()>& is_done) {
  const auto end = schedule.steady() + at_most;
  while (schedule.steady() < end) {
    if (!schedule.step(std::min(box.turn(), end))) return is_done();
    if (is_done()) return true;
  }
  return false;
}

}  // namespace gatehouse::sync::simulation
