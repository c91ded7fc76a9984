#include "daemon/local/changes/ledger_changes.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "daemon/local/view/gap_json.hpp"
#include "daemon/log/log.hpp"
#include "store/values/printable.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;

/// So that the carts of a busy hour need not wait for a large acceptance.
constexpr std::size_t charges_at_once = 500;

Result<bool> dry_run_in(std::string_view body) {
  const auto document = read_body(body);
  if (!document) return propagate(document);
  const sync::JsonValue dry_run = (*document)["dryRun"];
  if (dry_run.is(sync::JsonKind::missing)) return false;
  if (const auto wanted = dry_run.boolean()) return *wanted;
  return failure(Remedy::reject, "dryRun: expected true or false");
}

/// 0: it names none.
Result<std::int64_t> after_in(std::string_view body) {
  const auto document = read_body(body);
  if (!document) return propagate(document);
  const sync::JsonValue after = (*document)["after"];
  if (after.is(sync::JsonKind::missing)) return 0;
  const auto number =
      after.is(sync::JsonKind::number) ? whole_number(*after.scalar()) : std::nullopt;
  if (number && *number >= 0) return *number;
  return failure(Remedy::reject, "after: expected the next of the page before");
}

nlohmann::ordered_json found_json(const store::DamagedPlace& place) {
  nlohmann::ordered_json json{{"table", place.table}, {"row", place.row}};
  if (place.row_to != store::DamagedPlace::to_the_end) json["rowTo"] = place.row_to;
  json["what"] = place.what;
  if (!place.trip_id.empty()) json["tripId"] = place.trip_id;
  if (place.table == "delivery" && place.row == place.row_to) json["record"] = place.row;
  return json;
}

}  // namespace

awaitable<http::Answer> accept_ledger(ChangeContext context, std::string_view body) {
  const auto dry_run = dry_run_in(body);
  if (!dry_run) co_return error_answer(dry_run.error());
  const auto before = context.ledger.counts();
  if (!before) co_return error_answer(before.error());
  if (!before->gap && before->withheld.count == 0)
    co_return error_answer(409, "there is nothing to accept: the ledger is complete");
  for (bool all = *dry_run; !all;) {
    std::move_only_function<Result<bool>(store::Ledger&)> work =
        [at = context.clock.wall()](store::Ledger& into) {
          return into.accept_gaps(at, charges_at_once);
        };
    auto commit = context.ledger.commit<bool>(std::move(work));
    const auto done = co_await std::move(commit);
    if (!done) co_return error_answer(done.error());
    all = *done;
  }
  co_return json_answer({{"accepted", !*dry_run},
                         {"gap", gap_json(before->gap)},
                         {"withheld", withheld_json(before->withheld)}});
}

awaitable<http::Answer> declare_evidence_sound(ChangeContext context, std::string_view body) {
  const auto document = read_body(body);
  if (!document) co_return error_answer(document.error());
  const auto by = name_in(*document);
  if (!by) co_return error_answer(by.error());
  std::int64_t trips = 0;
  for (bool all = false; !all;) {
    std::move_only_function<Result<std::int64_t>(store::Ledger&)> work =
        [by = *by, at = context.clock.wall()](store::Ledger& into) {
          return into.declare_evidence_sound(by, at, charges_at_once);
        };
    auto commit = context.ledger.commit<std::int64_t>(std::move(work));
    const auto done = co_await std::move(commit);
    if (!done) co_return error_answer(done.error());
    trips += *done;
    all = std::cmp_less(*done, charges_at_once);
  }
  if (trips == 0) co_return error_answer(409, "nothing was seen that speaks against the evidence");
  log::warn("the evidence of reconciliationIds was declared sound trips={} by=\"{}\"", trips,
            printable(*by, by->size()));
  co_return json_answer({{"trips", trips}, {"by", *by}});
}

awaitable<http::Answer> verify_ledger(Verification& verification, std::string_view body) {
  const auto after = after_in(body);
  if (!after) co_return error_answer(after.error());
  auto reading = verification.page(*after);
  const auto page = co_await std::move(reading);
  if (!page && page.error().remedy == Remedy::reject) {
    co_return error_answer(409, page.error().message);
  }
  if (!page) co_return error_answer(page.error());
  nlohmann::ordered_json found = nlohmann::ordered_json::array();
  for (const auto& place : page->read.found) found.push_back(found_json(place));
  nlohmann::ordered_json json{
      {"rows", page->read.rows}, {"bytes", page->read.bytes}, {"found", std::move(found)}};
  json["next"] = page->next == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(page->next);
  co_return json_answer(json);
}

}  // namespace gatehouse::local
