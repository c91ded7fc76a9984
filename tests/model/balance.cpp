// What must hold at any time between service and ledger.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/ledger/delivery_key.hpp"
#include "tests/model/story.hpp"

namespace gatehouse::sync::model {
namespace {

using State = store::SettlementState;

/// Minor units, by currency.
using Sums = std::map<std::string, std::int64_t>;

void add(Sums& sums, const std::string& money) {
  sums[money.substr(money.find(' ') + 1)] += minor_of(money);
}

std::string text_of(const Money& money) {
  return format_amount(money) + " " + money.currency;
}

std::string text_of(const Sums& sums) {
  std::string text;
  for (const auto& [currency, minor] : sums) text += fmt::format(" {} {}", minor, currency);
  return text.empty() ? " nothing" : text;
}

bool has_ended_captured(const store::Settlement& settlement) {
  return settlement.state == State::details_due || settlement.state == State::captured;
}

}  // namespace

bool Story::is_one_ledger() const {
  return plan_.boxes == 1 && !loses_a_ledger(plan_) && !plan_.checks_out;
}

void Story::check_denied(Site& site) {
  auto& box = site.box();
  if (!is_one_ledger() || !box.is_running() || box.mark().sequence == written_) return;
  written_ = box.mark().sequence;
  for (const auto& trip_id : site.acknowledged()) {
    if (service_.effects(trip_id) == 0) continue;
    const auto settlement = box.trip(trip_id).settlement.value();
    if (settlement.charge_unclear || settlement.captures_sent > settlement.captures_not_done) {
      continue;
    }
    books_.complain(8, fmt::format("{} was charged, and is {} without a doubt", trip_id,
                                   store::to_text(settlement.state)));
  }
}

void Story::balance(Site& site) {
  if (!is_one_ledger() || person_.was_wrong()) return;
  Sums booked;
  Sums charged;
  Sums refunds_booked;
  Sums refunded;
  for (const auto& trip_id : site.acknowledged()) {
    const auto view = site.box().trip(trip_id);
    const auto& settlement = *view.settlement;
    const auto account = service_.account(trip_id);
    // What was charged twice is booked once; of what a person says, it is the price.
    const bool once = account.captures.size() == 1 && !books_.of(trip_id).word_captured;
    if (has_ended_captured(settlement) && once) {
      add(booked, text_of(settlement.part.value_or(*settlement.amount)));
      add(charged, account.captures.front());
    }
    for (const auto& [id, amount] : account.refunds) add(refunded, amount);
    for (const auto& refund : view.refunds) {
      if (account.refunds.contains(refund.request_id)) add(refunds_booked, text_of(refund.amount));
    }
  }
  if (booked != charged) {
    books_.complain(
        8, fmt::format("booked are{}, and charged were{}", text_of(booked), text_of(charged)));
  }
  if (refunds_booked != refunded) {
    books_.complain(8, fmt::format("refunds booked are{}, and made were{}", text_of(refunds_booked),
                                   text_of(refunded)));
  }
}

void Story::check_refunds_made() {
  for (const auto& trip : plan_.trips) {
    if (!trip.refunded) continue;
    std::int64_t sum = 0;
    for (const auto& [id, amount] : service_.account(trip.id).refunds) sum += minor_of(amount);
    if (sum <= books_.most_captured(trip.id)) continue;
    books_.complain(3, fmt::format("{}: {} was given back, more than was captured", trip.id, sum));
  }
}

void Story::check_refunds(const store::TripView& view) {
  const auto made = service_.account(view.trip_id).refunds;
  for (const auto& refund : view.refunds) {
    const auto delivery =
        std::ranges::find(view.deliveries, refund.delivery_id, &store::Delivery::id);
    const bool ended_as_made = delivery->state == store::DeliveryState::delivered;
    if (ended_as_made != made.contains(refund.request_id)) {
      books_.complain(8, fmt::format("{} is {}, and was {}made", refund.request_id,
                                     store::to_text(delivery->state), ended_as_made ? "not " : ""));
    }
    const auto key = store::delivery_key(refund.request_id, store::DeliveryKind::refund_record);
    const auto records =
        std::ranges::count(view.deliveries, key, &store::Delivery::idempotency_key);
    const bool heard = plan_.tells_elsewhere || retailer_.has(key);
    if (records == (ended_as_made ? 1 : 0) && (records == 0 || heard)) continue;
    books_.complain(9, fmt::format("{} is {}, and has {} records", refund.request_id,
                                   store::to_text(delivery->state), records));
  }
}

}  // namespace gatehouse::sync::model
