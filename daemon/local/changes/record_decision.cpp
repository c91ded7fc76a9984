#include "daemon/local/changes/record_decision.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "daemon/log/log.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/values/printable.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"
#include "sync/amazon/payment_record.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using store::RefundDecided;

constexpr std::string_view beyond_captured =
    "with the other refunds of the trip, more was refunded than captured: see the payment "
    "processor's reports";

Result<store::RefundDecision> parse_decision(std::int64_t delivery_id, std::string_view body) {
  const auto document = read_body(body);
  if (!document) return propagate(document);
  const auto word = (*document)["decision"].text();
  if (word != "refunded" && word != "not_refunded") {
    return failure(Remedy::reject, "decision: expected refunded or not_refunded");
  }
  auto by = name_in(*document);
  if (!by) return propagate(std::move(by));
  return store::RefundDecision{
      .delivery_id = delivery_id, .made = word == "refunded", .by = *std::move(by)};
}

/// nullopt: there is no such refund.
Result<std::optional<store::Delivery>> find_refund(LocalLedger& ledger, std::int64_t delivery_id) {
  auto page = ledger.reader().deliveries(std::nullopt, delivery_id - 1, 1);
  if (!page) return propagate(std::move(page));
  if (page->empty() || page->front().id != delivery_id) return std::nullopt;
  if (page->front().kind != store::DeliveryKind::refund) return std::nullopt;
  return std::move(page->front());
}

http::Answer decided_answer(RefundDecided decided, const store::Delivery& refund) {
  const auto well = [&refund](const char* outcome, std::string_view warning = "") {
    nlohmann::ordered_json answer{
        {"id", refund.id}, {"tripId", refund.trip_id}, {"outcome", outcome}};
    if (!warning.empty()) answer["warning"] = warning;
    return json_answer(answer);
  };
  switch (decided) {
    case RefundDecided::made:
      return well("refunded");
    case RefundDecided::made_beyond:
      return well("refunded", beyond_captured);
    case RefundDecided::withdrawn:
      return well("withdrawn");
    case RefundDecided::not_made:
      return well("not_refunded");
    case RefundDecided::ended_as_made:
      return error_answer(409, "Amazon, or a person, has said before that this refund was made");
    case RefundDecided::too_early:
      return error_answer(
          409, fmt::format("its last call may still have its effect: say so again {} minutes after "
                           "the first time, or after the first time since Gatehouse was started",
                           store::refund_effect_max.count()));
    case RefundDecided::unknown:
      break;
  }
  return error_answer(404, "no such refund in the ledger of this box");
}

}  // namespace

awaitable<http::Answer> decide_record(ChangeContext context, std::string id,
                                      std::string_view body) {
  const auto known = whole_number(id);
  if (!known) co_return error_answer(400, "the id of a record is a whole number");
  auto decision = parse_decision(*known, body);
  if (!decision) co_return error_answer(decision.error());
  const auto refund = find_refund(context.ledger, *known);
  if (!refund) co_return error_answer(refund.error());
  if (!*refund) co_return error_answer(404, "no such refund in the ledger of this box");
  decision->at = context.clock.wall();
  decision->steady_at = context.clock.steady();
  if (decision->made) {
    const auto sent = context.ledger.reader().bytes_of_delivery(*known);
    if (!sent) {
      co_return error_answer(sent.error().remedy == Remedy::repair ? 409 : 503,
                             "it is damaged, or cannot be read, so no record of it can be made; it "
                             "counts as refunded while it stays set aside: " +
                                 sent.error().message);
    }
    decision->record = sync::refund_record(**refund, *sent, "", decision->at);
  }
  std::move_only_function<Result<RefundDecided>(store::Ledger&)> work =
      [decision = *decision](store::Ledger& into) { return into.decide_refund(decision); };
  auto commit = context.ledger.commit<RefundDecided>(std::move(work));
  const auto decided = co_await std::move(commit);
  if (!decided) co_return error_answer(decided.error());
  http::Answer answer = decided_answer(*decided, **refund);
  if (answer.status == 200) {
    log::warn("a person decided about a refund record={} tripId=\"{}\" made={} by=\"{}\"", *known,
              printable((*refund)->trip_id, 64), decision->made,
              printable(decision->by, decision->by.size()));
  }
  if (decided && *decided == RefundDecided::made_beyond) {
    log::error("tripId=\"{}\" record={}: {}", printable((*refund)->trip_id, 64), *known,
               beyond_captured);
  }
  co_return answer;
}

}  // namespace gatehouse::local
