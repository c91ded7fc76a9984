#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "tests/store/disk/ledger_work.hpp"
#include "tests/store/disk/page_survey.hpp"
#include "tests/store/fixture.hpp"

// The ledger whose pages are damaged, and what is asked of it.
namespace gatehouse::store {
namespace {

constexpr WallTime day{milliseconds{1'700'000'000'000}};
constexpr WallTime evening = day + std::chrono::hours(9);

std::string money(const std::optional<Money>& amount) {
  return amount ? fmt::format("{} {}", amount->minor, amount->currency) : "-";
}

std::string charge_text(const Settlement& charge) {
  return fmt::format(
      "{} {} {} amount {} part {} approved {} confirmed {} captures {} {} cancels {} "
      "adjusts {} unclear {} withheld {} {} began {} before {} store {}",
      charge.trip_sequence, charge.trip_id, to_text(charge.state), money(charge.amount),
      money(charge.part), money(charge.approved), money(charge.confirmed), charge.captures_sent,
      charge.captures_not_done, charge.cancels_left, charge.adjusts_sent, charge.charge_unclear,
      charge.withheld, charge.was_withheld, to_unix_ms(charge.started_at),
      charge.reconciliation_before.value_or("-"), charge.store_id);
}

std::string delivery_text(const Delivery& delivery) {
  return fmt::format("{} {} {} {} {} {} {} {} attempts {} unclear {}", delivery.id,
                     delivery.trip_sequence, delivery.trip_id, delivery.purchase_id,
                     to_text(delivery.kind), to_text(delivery.state), delivery.idempotency_key,
                     delivery.store_id, delivery.attempts, delivery.unclear);
}

std::string trip_text(const std::optional<TripView>& trip) {
  if (!trip) return "not there";
  std::string text = fmt::format("{} {} {} {} began {} differing {}", trip->sequence, trip->trip_id,
                                 trip->purchase_id, trip->store_id, to_unix_ms(trip->started_at),
                                 trip->differing_carts);
  for (const Delivery& each : trip->deliveries) text += "; " + delivery_text(each);
  if (trip->settlement) text += "; " + charge_text(*trip->settlement);
  for (const Refund& each : trip->refunds) text += "; refund " + money(each.amount);
  for (const HistoryEntry& each : trip->history) {
    text += fmt::format("; {} {}", to_text(each.state), each.reason);
  }
  return text;
}

/// What a question comes to.
template <class T, class AsText>
std::string said(const Result<T>& answer, const AsText& as_text) {
  return answer ? as_text(*answer) : an_error;
}

template <class Number>
std::string joined(const std::vector<Number>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

void ask_of_deliveries(LedgerReader& reader, Facts& facts) {
  for (const Lane lane : {Lane::cloud, Lane::amazon, Lane::feedback}) {
    const auto due = reader.due_deliveries(lane, evening, std::chrono::hours(9),
                                           LedgerReader::Order::oldest_first, 100);
    const std::string name = fmt::format("due lane-{}", static_cast<int>(lane));
    facts[name] = said(due, [](const auto& all) {
      std::string text;
      for (const DueDelivery& each : all) text += fmt::format("{} ", each.id);
      return text;
    });
    if (!due) continue;
    for (const DueDelivery& each : *due) {
      const auto delivery = reader.delivery(each);
      facts[fmt::format("bytes sent-{}", each.id)] =
          said(delivery, [](const Delivery& found) { return found.payload; });
      facts[fmt::format("sent {}", each.id)] = said(delivery, delivery_text);
    }
  }
}

void ask_of_charges(LedgerReader& reader, Facts& facts) {
  const auto charges = [](const std::vector<Settlement>& all) {
    std::string text;
    for (const Settlement& each : all) text += charge_text(each) + "; ";
    return text;
  };
  const auto due = reader.due_settlements(evening, std::chrono::hours(9), 100);
  facts["charged due"] = said(due, charges);
  facts["charged looks"] = said(reader.due_looks(evening, std::chrono::hours(9), 100), charges);
  facts["charged sent"] = said(reader.sent_settlements(), joined<std::int64_t>);
  facts["asked questions"] = said(
      reader.questions().due(evening, evening + std::chrono::hours(9), 100), joined<std::int64_t>);
  // One that is passed over is said by this alone.
  if (!reader.damage().empty()) facts["charged due"] = facts["charged due"] + an_error;
}

/// Bytes that are not there are another question than bytes that are other ones.
void add_bytes(Facts& facts, const std::string& name, const Result<std::string>& bytes) {
  facts["found " + name] =
      said(bytes, [](const std::string& found) { return found.empty() ? "no" : "yes"; });
  if (bytes && !bytes->empty()) facts["bytes " + name] = *bytes;
}

void ask_of_trips(LedgerReader& reader, int trips, Facts& facts) {
  for (int number = 0; number < trips; ++number) {
    const std::string trip = fmt::format("trip-{}", number);
    facts["shown " + trip] = said(reader.trip(trip), trip_text);
    add_bytes(facts, trip, reader.cart(number + 1));
  }
  facts["counted all"] = said(reader.counts(), [](const LedgerCounts& counts) {
    return fmt::format("{} {} {} {} {} {} {} {}{}", counts.trips, counts.pending, counts.delivered,
                       counts.set_aside, counts.awaiting_price, counts.captured, counts.held,
                       counts.refused.kept, counts.prices_damage.empty() ? "" : an_error);
  });
  const auto refused = reader.refused_carts(0, 100);
  facts["shown refused"] = said(refused, [](const auto& all) {
    std::string text;
    for (const RefusedCart& each : all) text += fmt::format("{} {} ", each.id, each.trip_id);
    return text;
  });
  for (int id = 1; id <= 5; ++id) {
    add_bytes(facts, fmt::format("refused-{}", id), reader.bytes_of_refused(id));
  }
}

/// Amazon sends each cart again.
void ask_of_the_gate(Ledger& ledger, int trips, Facts& facts) {
  for (int number = 0; number <= trips; ++number) {
    const std::string trip = fmt::format("trip-{}", number);
    const auto begun = ledger.begin();
    const auto receipt = begun ? ledger.append(make_cart(trip, "again")) : propagate(begun);
    facts["answered " + trip] = said(receipt, [](const CartReceipt& found) {
      return fmt::format("{} {} {}", to_text(found.outcome), found.purchase_id, found.sequence);
    });
    ledger.rollback();
  }
}

}  // namespace

Facts facts_of_ledger(const std::filesystem::path& file, int trips) {
  auto ledger = Ledger::open(file);
  if (!ledger) return {{refused_open, ledger.error().message}};
  auto reader = LedgerReader::open(file);
  if (!reader) return {{refused_open, reader.error().message}};
  Facts facts;
  ask_of_deliveries(*reader, facts);
  ask_of_charges(*reader, facts);
  ask_of_trips(*reader, trips, facts);
  ask_of_the_gate(*ledger, trips, facts);
  for (auto& [question, answer] : facts) {
    if (answer.ends_with(an_error)) answer = an_error;
  }
  return facts;
}

int make_ledger(const std::filesystem::path& file) {
  Ledger ledger = require(Ledger::open(file));
  require(ledger.begin());
  require(ledger.identify("a27aa5c5-578c-4765-bd30-a788ab51552f", day, day));
  require(ledger.commit());
  LedgerReader reader = require(LedgerReader::open(file));
  WorkDrawer drawer(reader, 11);
  for (int round = 0; round < 130; ++round) {
    for (const Work& work : drawer.draw(1, day + std::chrono::minutes(round))) {
      require(ledger.begin());
      (void)work.run(ledger);
      require(ledger.commit());
    }
  }
  return static_cast<int>(drawer.trips().size());
}

}  // namespace gatehouse::store
