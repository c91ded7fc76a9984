#include "sync/amazon/unvouched_looks.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sync/amazon/doubt.hpp"
#include "sync/amazon/payment_record.hpp"

namespace gatehouse::sync {
namespace {

using store::SettlementState;

constexpr int clear_looks_min = 2;
constexpr int cart_age_min = 20;    // minutes
constexpr int looks_apart_min = 2;  // minutes
/// It is taken up again once the others had their turn.
constexpr int failures_max = 5;
constexpr milliseconds take_up_pause{10'000};
/// As for a trip of the settler's whose step cannot be written down.
constexpr milliseconds damage_pause = std::chrono::minutes{15};

constexpr std::string_view shows_a_charge =
    "the ledger cannot vouch for this trip, and transactional data carries a reconciliationId: it "
    "may have been charged before. Check in the payment processor's reports, then release it with "
    "--captured or --not-captured";
constexpr std::string_view shows_none =
    "two queries for transactional data showed no charge (jwo.unvouched = \"ask\")";

}  // namespace

AfterLook after_look(const UnvouchedLook& look, milliseconds minute) {
  const bool long_ago = look.since_cart >= cart_age_min * minute;
  return long_ago && look.clear >= clear_looks_min ? AfterLook::charge : AfterLook::again;
}

milliseconds until_next_look(const UnvouchedLook& look, milliseconds minute) {
  return std::max(cart_age_min * minute - look.since_cart, looks_apart_min * minute);
}

UnvouchedLooks::UnvouchedLooks(std::string store_id, JwoOptions options, AwsCredentials credentials,
                               const Surroundings& surroundings)
    : store_id_(std::move(store_id)),
      options_(std::move(options)),
      credentials_(std::move(credentials)),
      reader_(surroundings.reader),
      transport_(surroundings.transport),
      clock_(surroundings.clock),
      sender_(surroundings) {}

UnvouchedLooks::~UnvouchedLooks() {
  for (const auto& [trip, busy] : busy_) {
    if (busy.request != 0) transport_.cancel(busy.request);
  }
}

void UnvouchedLooks::reload(JwoOptions options, AwsCredentials credentials) {
  options_ = std::move(options);
  credentials_ = std::move(credentials);
}

bool UnvouchedLooks::may_ask() const {
  return options_.unvouched == UnvouchedRule::ask && options_.reconciliation_means_captured &&
         options_.settlement == SettlementMode::payment && !options_.payments_url.empty() &&
         !credentials_.access_key_id.empty() && !credentials_.secret_access_key.empty();
}

// Where it was seen without a capture, its absence proves none either.
bool UnvouchedLooks::evidence_decides() {
  const auto unsound = reader_.evidence_unsound();
  return unsound && !*unsound;
}

SteadyTime UnvouchedLooks::turn() {
  return sender_.turn(may_ask(), [this] { return start_due(); });
}

Result<> UnvouchedLooks::take_up() {
  if (clock_.steady() < take_up_at_ || asked_.size() >= asked_max) return {};
  take_up_at_ = clock_.steady() + take_up_pause;
  const std::size_t room = asked_max - asked_.size();
  const auto found = reader_.withheld_trips(taken_up_to_, room);
  if (!found) return propagate(found);
  taken_up_to_ = found->size() < room ? 0 : found->back();
  const SteadyTime now = clock_.steady();
  for (const std::int64_t trip : *found) asked_.try_emplace(trip, Asked{now, now});
  return {};
}

SteadyTime UnvouchedLooks::start_due() {
  if (!evidence_decides()) return clock_.steady() + take_up_pause;
  if (const Result<> taken = take_up(); !taken) return sender_.ledger_failed(taken.error());
  SteadyTime next = asked_.size() < asked_max ? take_up_at_ : SteadyTime::max();
  std::vector<std::int64_t> due;
  for (const auto& [trip, asked] : asked_) {
    if (busy_.contains(trip) || sender_.keeps_out(trip)) continue;
    if (asked.look_at <= clock_.steady()) due.push_back(trip);
    if (asked.look_at > clock_.steady()) next = std::min(next, asked.look_at);
  }
  for (const std::int64_t trip : due) {
    if (slots() == 0) {  // else a reply wakes us
      if (busy_.empty()) next = std::min(next, sender_.destination().closed_until().value_or(next));
      break;
    }
    if (const Result<> asked = ask(trip); !asked) return sender_.ledger_failed(asked.error());
  }
  sender_.ledger_was_read();
  return std::max(next, clock_.steady() + milliseconds{1});
}

std::size_t UnvouchedLooks::slots() const {
  const std::size_t most = std::max<std::size_t>(options_.max_in_flight / 4, 1);
  if (sender_.destination().closed_until() && !busy_.empty()) return 0;  // a probe is on its way
  return sender_.destination().allowance(most - std::min(busy_.size(), most));
}

Result<> UnvouchedLooks::ask(std::int64_t trip) {
  auto settlement = reader_.withheld_charge(trip);
  if (!settlement && settlement.error().remedy != Remedy::repair) {
    return propagate(std::move(settlement));
  }
  // Not withheld any more, without a price, held by a person, or damaged, which the reader notes.
  if (!settlement || !*settlement) {
    asked_.erase(trip);
    return {};
  }
  Busy& busy = busy_[trip];
  busy.settlement = **std::move(settlement);
  auto request =
      payment_request(options_, credentials_, store_id_, busy.settlement, Call::transactional_data);
  sender_.destination().started();
  busy.wait = sender_.wait(request.timeout);
  busy.request = transport_.start(std::move(request),
                                  [this, trip](const Reply& reply) { on_reply(trip, reply); });
  return {};
}

void UnvouchedLooks::on_reply(std::int64_t trip, const Reply& reply) {
  busy_.at(trip).request = 0;
  busy_.at(trip).wait = sender_.wait();
  const auto answer = read_payment_answer(Call::transactional_data, std::nullopt, reply);
  if (answer.event == Event::reconciled || answer.event == Event::details) {
    sender_.destination().succeeded(static_cast<int>(Call::transactional_data));
    asked_.at(trip).failures = 0;
  }
  if (answer.event == Event::reconciled) return hold(trip, answer);
  if (answer.event == Event::details) return on_clear_look(trip);
  on_failure(trip, answer, reply);
}

void UnvouchedLooks::on_clear_look(std::int64_t trip) {
  Asked& asked = asked_.at(trip);
  const auto since = std::chrono::floor<milliseconds>(clock_.steady() - asked.seen_at);
  const UnvouchedLook look{++asked.clear, since};
  const bool charge = after_look(look, options_.look_minute) == AfterLook::charge;
  if (charge && evidence_decides()) return let_go(trip);
  asked.look_at = clock_.steady() + until_next_look(look, options_.look_minute);
  busy_.erase(trip);
}

void UnvouchedLooks::on_failure(std::int64_t trip, const PaymentAnswer& answer,
                                const Reply& reply) {
  Asked& asked = asked_.at(trip);
  ++asked.failures;
  auto& destination = sender_.destination();
  milliseconds delay = looks_apart_min * options_.look_minute;
  if (answer.well) {
    destination.refused(answer.reason);
  } else {
    delay = std::max(delay, destination.failed({.record = trip,
                                                .failures = asked.failures,
                                                .certain = answer.certain,
                                                .throttled = answer.throttled,
                                                .retry_after = reply.retry_after,
                                                .reason = answer.reason}));
  }
  asked.look_at = clock_.steady() + delay;
  // Only where it may be this one's own trouble: else all of them would begin anew.
  if (answer.well && asked.failures >= failures_max) asked_.erase(trip);
  busy_.erase(trip);
}

void UnvouchedLooks::let_go(std::int64_t trip) {
  const auto& settlement = busy_.at(trip).settlement;
  sender_.recorder().commit(
      [id = settlement.trip_id, seen = settlement.state, at = clock_.wall()](
          store::Ledger& ledger) { return ledger.vouch(id, seen, shows_none, at); },
      [this, trip](const Result<>& result) { on_recorded(trip, result); });
}

void UnvouchedLooks::hold(std::int64_t trip, const PaymentAnswer& answer) {
  const auto& settlement = busy_.at(trip).settlement;
  store::SettlementChange change;
  change.trip_sequence = trip;
  change.from = settlement.state;
  change.to = SettlementState::held;
  change.at = clock_.wall();
  change.next_attempt_at = change.at;
  change.reason = shows_a_charge;
  change.only_withheld = true;  // the cloud may have vouched for it meanwhile
  // Whoever vouches for it later has not said by that whether it was charged.
  change.charge_unclear = true;
  // What a person who denies it has decided about.
  change.reconciliation_before = shown(answer.reconciliation_id);
  change.look = look_facts(answer.details, change.at);
  sender_.recorder().commit(
      [change](store::Ledger& ledger) { return ledger.move_settlement(change); },
      [this, trip](const Result<>& result) { on_recorded(trip, result); });
}

void UnvouchedLooks::on_recorded(std::int64_t trip, const Result<>& result) {
  busy_.erase(trip);
  asked_.erase(trip);
  // A rejection: a person, or the cloud, was quicker.
  if (result || result.error().remedy == Remedy::reject) return;
  sender_.keep_out(trip, clock_.steady() + damage_pause, result.error().message);
}

}  // namespace gatehouse::sync
