#include "daemon/local/changes/trip_settled.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "store/values/result.hpp"
#include "sync/amazon/amazon_lane.hpp"

namespace gatehouse::local {

using boost::asio::awaitable;

awaitable<http::Answer> report_settled(ChangeContext context, std::string trip_id,
                                       std::string_view body) {
  const auto document = read_body(body);
  if (!document) co_return error_answer(document.error());
  const auto settled = money_in(*document);
  if (!settled) co_return error_answer(settled.error());
  const sync::Owed owed = context.options.owed();
  if (!owed.payment_status) {
    co_return error_answer(409,
                           "payment status is reported to Amazon only with jwo.settlement = "
                           "\"payment\" and jwo.report_payment_status = true");
  }
  const auto trip = context.ledger.reader().trip(trip_id);
  if (!trip) co_return error_answer(trip.error());
  if (!*trip) co_return error_answer(404, "no such trip in the ledger of this box");
  const auto& settlement = (*trip)->settlement;
  if (!settlement) co_return error_answer(409, "this trip is not settled by this box");
  if (const auto why_not = sync::why_not_settled(*settlement, *settled); !why_not.empty()) {
    co_return error_answer(409, why_not);
  }
  const auto now = context.clock.wall();
  std::move_only_function<Result<>(store::Ledger&)> work =
      [report = store::SettledReport{
           .trip_sequence = settlement->trip_sequence,
           .trip_id = trip_id,
           .state = settlement->state,
           .report = sync::settled_report(owed.store_id, *settlement, *settled, now,
                                          owed.payment_status_time),
           .history = fmt::format("{} {} settled so far, reported to Amazon",
                                  format_amount(*settled), settled->currency),
           .at = now}](store::Ledger& into) { return into.report_settled(report); };
  auto commit = context.ledger.commit(std::move(work));
  const auto done = co_await std::move(commit);
  if (!done && done.error().remedy == Remedy::reject) {
    co_return error_answer(409, "its state has changed meanwhile: check it and try again");
  }
  if (!done) co_return error_answer(done.error());
  co_return json_answer({{"tripId", trip_id}, {"outcome", "recorded"}});
}

}  // namespace gatehouse::local
