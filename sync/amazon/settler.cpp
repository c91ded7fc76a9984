#include "sync/amazon/settler.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sync/amazon/charge_limit.hpp"
#include "sync/delivery/due.hpp"

namespace gatehouse::sync {
namespace {

/// A charge that is due further ahead than this is due: the wall clock has jumped back.
constexpr milliseconds charge_wait_max = next_adjust_max + due_wait_max;
/// The probe is chosen of so many that have waited longest, and as many that have come due last.
constexpr std::size_t probe_candidates = 16;

}  // namespace

Settler::Settler(std::string store_id, JwoOptions options, AwsCredentials credentials,
                 const Surroundings& surroundings)
    : store_id_(std::move(store_id)),
      options_(std::move(options)),
      credentials_(std::move(credentials)),
      reader_(surroundings.reader),
      transport_(surroundings.transport),
      clock_(surroundings.clock),
      chance_(surroundings.chance),
      sender_(surroundings),
      started_at_(clock_.steady()) {}

Settler::~Settler() {
  for (const auto& [sequence, trip] : busy_) {
    if (trip.request != 0) transport_.cancel(trip.request);
  }
}

void Settler::reload(JwoOptions options, AwsCredentials credentials) {
  options_ = std::move(options);
  credentials_ = std::move(credentials);
}

std::string Settler::what_is_missing() const {
  if (options_.settlement == SettlementMode::none) return "";
  if (options_.settlement == SettlementMode::payment && options_.payments_url.empty()) {
    return "settlement waits: set jwo.region to one of Amazon's, or jwo.payments_url";
  }
  if (options_.settlement == SettlementMode::checkout && options_.checkout_url.empty()) {
    return "settlement waits: set jwo.region to one of Amazon's, or jwo.checkout_url";
  }
  if (credentials_.access_key_id.empty() || credentials_.secret_access_key.empty()) {
    return "settlement waits: no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
           "(and AWS_SESSION_TOKEN for temporary ones)";
  }
  return "";
}

DestinationStatus Settler::status() const {
  auto status = sender_.status(options_.settlement != SettlementMode::none, what_is_missing());
  sender_.add_waits(busy_, status);
  return status;
}

SteadyTime Settler::turn() {
  take_back_refused();
  const bool may_start = options_.settlement != SettlementMode::none;
  return sender_.turn(may_start, [this] { return start_due(); });
}

std::size_t Settler::slots() const {
  if (!what_is_missing().empty()) return 0;
  const auto free = options_.max_in_flight - std::min(busy_.size(), options_.max_in_flight);
  // A probe is on its way from the moment its trip was chosen, before its intent is on disk.
  if (sender_.destination().closed_until() && !busy_.empty()) return 0;
  return sender_.destination().allowance(free);
}

SteadyTime Settler::start_due() {
  const auto wanted = slots();
  const auto closed_until = sender_.destination().closed_until();
  if (wanted == 0) {
    return busy_.empty() ? closed_until.value_or(SteadyTime::max()) : SteadyTime::max();
  }
  // A look never takes all slots, however many charges are in doubt, and never the probe that a
  // charge could be. What charges leave free is not needed: a look can wait.
  const bool probing = closed_until.has_value();
  const auto looks = probing ? Started{} : start_looks(std::min(wanted, look_slots()));
  const auto charges = start_charges(wanted - looks.begun);
  if (!probing || charges.begun > 0) return std::min(looks.wake, charges.wake);
  return std::min(charges.wake, start_looks(1).wake);
}

Settler::Started Settler::start_charges(std::size_t wanted) {
  Started started;
  if (wanted == 0) return started;
  const auto looked_at = wanted + busy_.size() + sender_.quarantine().size() + pending_.size();
  auto due = due_charges(looked_at);
  if (!due) return ledger_failed(due.error());
  std::erase_if(*due, [&](const store::Settlement& settlement) {
    if (is_out(settlement.trip_sequence)) return true;
    const auto not_before = pending_until(settlement);
    if (not_before) started.wake = std::min(started.wake, *not_before);
    return not_before.has_value();
  });
  if (sender_.destination().closed_until()) keep_probe(*due);
  for (auto& settlement : *due) {
    if (started.begun == wanted) return started;  // their outcomes wake us
    choose(std::move(settlement));
    ++started.begun;
  }
  if (started.begun == wanted) return started;
  const auto next_due = reader_.next_settlement_due();
  if (!next_due) return ledger_failed(next_due.error());
  sender_.ledger_was_read();
  started.wake = std::min(started.wake, look_again(*next_due, clock_));
  return started;
}

Result<std::vector<store::Settlement>> Settler::due_charges(std::size_t limit) {
  const auto now = clock_.wall();
  const bool probing = sender_.destination().closed_until().has_value();
  const auto at_most = limit + (probing ? probe_candidates : 0);
  auto due = reader_.due_settlements(now, charge_wait_max, at_most);
  if (!due || !probing) return due;
  auto newest = reader_.newest_due_settlements(now, charge_wait_max, at_most);
  if (!newest) return newest;
  std::ranges::move(*newest, std::back_inserter(*due));
  return due;
}

void Settler::keep_probe(std::vector<store::Settlement>& due) {
  std::vector<Candidate> candidates;
  for (const auto& each : due) candidates.push_back({each.trip_sequence, each.attempts});
  const auto probe = choose_probe(std::move(candidates), probe_);
  if (!probe) return;
  probe_ = {.number = probe_.number + 1, .last = *probe};
  due = {*std::ranges::find(due, *probe, &store::Settlement::trip_sequence)};
}

bool Settler::is_out(std::int64_t trip) const {
  return busy_.contains(trip) || sender_.keeps_out(trip);
}

Settler::Started Settler::ledger_failed(const Error& error) {
  return {.begun = 0, .wake = sender_.ledger_failed(error)};
}

}  // namespace gatehouse::sync
