#include "daemon/local/changes/bulk_changes.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/local/changes/bulk_request.hpp"
#include "daemon/local/changes/operator_reason.hpp"
#include "daemon/local/changes/when_sent.hpp"
#include "daemon/local/request/answers.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/values/result.hpp"
#include "sync/amazon/operator_action.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;

/// By the place in the page: '' where it was done, else why not.
using Outcomes = std::vector<std::string>;

template <class Row, class Key>
Json next_of(const std::vector<Row>& page, Key key) {
  return page.size() == bulk_page ? Json(std::invoke(key, page.back())) : Json(nullptr);
}

/// A pending one that is due already has nothing to gain.
bool is_meant(const BulkRequest& request, const store::Delivery& record, WallTime now) {
  const bool pending = record.state == store::DeliveryState::pending;
  if (pending && record.next_attempt_at <= now) return false;
  if (request.kind && record.kind != *request.kind) return false;
  const WallTime since = pending ? record.created_at : record.finished_at.value_or(WallTime{});
  return !request.since || since >= *request.since;
}

/// One word for all of them is no word about whether this one was made.
bool is_in_lost_history(const store::Delivery& record) {
  return record.kind == store::DeliveryKind::refund &&
         record.state == store::DeliveryState::set_aside &&
         record.reason == store::refund_of_lost_history;
}

/// Why each cannot be sent, '' where it can: its bytes are damaged, or it needs a word of its own.
/// Looked at before the commit, whose transaction would be lost by a look at a bad page.
Outcomes why_not_sent(store::LedgerReader& ledger, const std::vector<store::Delivery>& records) {
  Outcomes outcomes;
  for (const store::Delivery& record : records) {
    if (is_in_lost_history(record)) {
      outcomes.push_back(record.reason);
      continue;
    }
    const auto whole = ledger.check(record.id);
    outcomes.push_back(whole ? "" : "it cannot be sent: " + whole.error().message);
  }
  return outcomes;
}

/// An error ends the work: what the disk does not take, or damage, is never one record's outcome.
Result<Outcomes> retry_each(store::Ledger& ledger, const std::vector<store::Delivery>& records,
                            Outcomes outcomes, WallTime at) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!outcomes[i].empty()) continue;
    const auto done = ledger.retry(records[i].id, at);
    if (!done) return propagate(done);
    if (!*done) {
      outcomes[i] =
          "it was delivered meanwhile, or it is a refund of more than the remaining captured "
          "amount";
    }
  }
  return outcomes;
}

/// Why it has to be released by its id, '' where it can be with the others.
std::string needs_its_own_word(const store::Settlement& charge) {
  if (charge.charge_unclear) {
    return "the capture is in doubt: release it with --captured or --not-captured";
  }
  if (charge.withheld) {
    return "another ledger may have charged it, so it would stay withheld: release it with "
           "--captured or --not-captured, or accept the ledger";
  }
  if (charge.reason.starts_with(held_by_operator)) {
    return "an operator held it: release it by its id";
  }
  const auto step = sync::decide(charge, sync::OperatorAction::release);
  return step ? "" : step.error();
}

Result<Outcomes> release_each(store::Ledger& ledger, const std::vector<store::Settlement>& charges,
                              WallTime at) {
  Outcomes outcomes;
  for (const store::Settlement& charge : charges) {
    auto why_not = needs_its_own_word(charge);
    const auto step = sync::decide(charge, sync::OperatorAction::release);
    if (why_not.empty() && step) {
      const auto done =
          ledger.move_settlement({.trip_sequence = charge.trip_sequence,
                                  .from = charge.state,
                                  .to = step->to,
                                  .at = at,
                                  .next_attempt_at = at,
                                  .reason = std::string(released_with_all),
                                  .payment_record = std::nullopt,
                                  .charge_cleared_up = step->clears_up,
                                  .adjusts_not_counted = sync::adjusts_anew(charge, step->to)});
      if (!done && done.error().remedy != Remedy::reject) return propagate(done);
      if (!done) why_not = done.error().message;
    }
    outcomes.push_back(std::move(why_not));
  }
  return outcomes;
}

Outcomes would_release(const std::vector<store::Settlement>& charges) {
  Outcomes outcomes;
  for (const store::Settlement& charge : charges) outcomes.push_back(needs_its_own_word(charge));
  return outcomes;
}

/// By destination. What stands before one of them in its trip is not looked up.
Json sending_json(const ChangeContext& context, const std::vector<store::Delivery>& records,
                  const Outcomes& outcomes, bool only_page) {
  Json sending = Json::object();
  const auto done = std::ranges::count(outcomes, "");
  if (done == 0) return sending;
  const auto sync = context.facts().sync;
  const bool others_wait =
      done > 1 || !only_page || context.ledger.recent_counts().counts.pending > 1;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!outcomes[i].empty()) continue;
    const auto sent = when_sent(records[i].kind, std::nullopt, others_wait, sync);
    sending[destination_of(records[i].kind)] = {{"when", sent.when}, {"whenText", sent.text}};
  }
  return sending;
}

Json records_json(const BulkRequest& request, const std::vector<store::Delivery>& records,
                  const Outcomes& outcomes, Json next, Json sending) {
  Json left_out = Json::array();
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (outcomes[i].empty()) continue;
    left_out.push_back({{"id", records[i].id}, {"reason", outcomes[i]}});
  }
  return {{"dryRun", request.dry_run},
          {"records", std::ranges::count(outcomes, "")},
          {"sending", std::move(sending)},
          {"leftOut", std::move(left_out)},
          {"next", std::move(next)}};
}

Json trips_json(const BulkRequest& request, const std::vector<store::Settlement>& charges,
                const Outcomes& outcomes, Json next) {
  Json left_out = Json::array();
  std::map<std::string, std::int64_t> sums;
  std::int64_t unpriced = 0;
  for (std::size_t i = 0; i < charges.size(); ++i) {
    if (!outcomes[i].empty()) {
      left_out.push_back({{"tripId", charges[i].trip_id}, {"reason", outcomes[i]}});
    } else if (const auto& amount = charges[i].amount; amount) {
      sums[amount->currency] += amount->minor;
    } else {
      ++unpriced;
    }
  }
  Json amounts = Json::array();
  for (const auto& [currency, minor] : sums) {
    amounts.push_back({{"amount", format_amount({minor, currency})}, {"code", currency}});
  }
  return {{"dryRun", request.dry_run},      {"trips", std::ranges::count(outcomes, "")},
          {"amounts", std::move(amounts)},  {"unpriced", unpriced},
          {"leftOut", std::move(left_out)}, {"next", std::move(next)}};
}

}  // namespace

awaitable<http::Answer> retry_records(ChangeContext context, std::string_view body) {
  const auto request = parse_bulk_request(BulkSubject::records, body);
  if (!request) co_return error_answer(request.error());
  auto page = context.ledger.reader().deliveries(request->state, request->after, bulk_page);
  if (!page) co_return error_answer(page.error());
  const Json next = next_of(*page, &store::Delivery::id);
  const bool only_page = next.is_null() && request->after == 0;
  const auto now = context.clock.wall();
  std::erase_if(*page, [&](const auto& record) { return !is_meant(*request, record, now); });
  auto why_not = why_not_sent(context.ledger.reader(), *page);
  if (request->dry_run || page->empty()) {
    co_return json_answer(records_json(*request, *page, why_not, next,
                                       sending_json(context, *page, why_not, only_page)));
  }
  std::move_only_function<Result<Outcomes>(store::Ledger&)> work =
      [records = *page, why_not = std::move(why_not), now](store::Ledger& into) {
        return retry_each(into, records, why_not, now);
      };
  auto commit = context.ledger.commit<Outcomes>(std::move(work));
  const auto outcomes = co_await std::move(commit);
  if (!outcomes) co_return error_answer(outcomes.error());
  co_return json_answer(records_json(*request, *page, *outcomes, next,
                                     sending_json(context, *page, *outcomes, only_page)));
}

awaitable<http::Answer> release_trips(ChangeContext context, std::string_view body) {
  const auto request = parse_bulk_request(BulkSubject::trips, body);
  if (!request) co_return error_answer(request.error());
  auto page =
      context.ledger.reader().settlements(store::SettlementState::held, request->after, bulk_page);
  if (!page) co_return error_answer(page.error());
  const Json next = next_of(*page, &store::Settlement::trip_sequence);
  std::erase_if(*page, [&](const auto& charge) {
    return request->since && charge.changed_at < *request->since;
  });
  if (request->dry_run || page->empty()) {
    co_return json_answer(trips_json(*request, *page, would_release(*page), next));
  }
  std::move_only_function<Result<Outcomes>(store::Ledger&)> work =
      [charges = *page, now = context.clock.wall()](store::Ledger& into) {
        return release_each(into, charges, now);
      };
  auto commit = context.ledger.commit<Outcomes>(std::move(work));
  const auto outcomes = co_await std::move(commit);
  if (!outcomes) co_return error_answer(outcomes.error());
  co_return json_answer(trips_json(*request, *page, *outcomes, next));
}

}  // namespace gatehouse::local
