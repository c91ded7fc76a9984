#include "daemon/local/local_api.hpp"

#include "daemon/local/changes/local_state.hpp"
#include "daemon/local/request/answers.hpp"
#include "daemon/local/view/record_json.hpp"
#include "daemon/local/view/status_json.hpp"
#include "daemon/local/view/status_page.hpp"
#include "store/values/result.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;

constexpr std::int64_t page_default = 100;
constexpr std::int64_t page_max = 500;

struct Page {
  std::optional<store::DeliveryState> state;
  std::int64_t after = 0;
  std::int64_t limit = page_default;
};

// '' on success, else what was expected.
std::string read_parameter(const std::string& name, const std::string& value, Page& page) {
  if (name == "state") {
    page.state = store::delivery_state_from(value);
    return page.state || value.empty() ? "" : "state: expected pending, delivered or set_aside";
  }
  const auto number = whole_number(value);
  if (name == "after") {
    page.after = number.value_or(-1);
    return page.after >= 0 ? "" : "after: expected the id of a record";
  }
  if (name == "limit") {
    page.limit = number.value_or(0);
    return page.limit >= 1 && page.limit <= page_max ? "" : "limit: expected 1 to 500";
  }
  return "unknown parameter: expected state, after or limit";
}

http::Answer text_answer(std::string body, std::string_view content_type) {
  http::Answer answer;
  answer.body = std::move(body);
  answer.content_type = content_type;
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

}  // namespace

Result<> LocalState::open_ledger() {
  if (ledger.is_open()) return {};
  if (!writer.opened()) {
    return failure(Remedy::retry, "the ledger is not open: " + why_not_open(writer.trouble()));
  }
  auto opened = store::LedgerReader::open(ledger_file);
  if (!opened) return propagate(std::move(opened));
  ledger = std::move(*opened);
  return {};
}

Result<store::LedgerCounts> LocalState::counts() {
  if (Result<> open = open_ledger(); !open) return propagate(std::move(open));
  return ledger.counts(clock.wall() - expired_recently);
}

void LocalState::count_ledger() {
  const SteadyTime now = clock.steady();
  if (counted_at && now - *counted_at < options.counts_max_age) return;
  const auto now_counted = counts();
  counted.ledger_unreadable = now_counted ? "" : now_counted.error().message;
  if (now_counted) counted.ledger = *now_counted;
  counted_at = now;
}

Facts LocalState::facts() {
  count_ledger();
  Facts facts = counted;
  facts.now = clock.wall();
  facts.process = process_facts();
  facts.gate = metrics.gate_counts();
  return facts;
}

http::Answer LocalState::status_answer() {
  const Facts current = facts();
  return json_answer(status_json(current, assess(current)));
}

http::Answer LocalState::page_answer() {
  const Facts current = facts();
  auto answer =
      text_answer(status_page(status_json(current, assess(current))), "text/html; charset=utf-8");
  answer.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; style-src 'unsafe-inline'");
  return answer;
}

http::Answer LocalState::ready_answer() {
  const auto reasons = unready_reasons(facts());
  return json_answer({{"ready", reasons.empty()}, {"reasons", reasons}},
                     reasons.empty() ? 200 : 503);
}

http::Answer LocalState::metrics_answer() {
  const Facts current = facts();
  return text_answer(metrics.exposition(current, assess(current)),
                     "text/plain; version=0.0.4; charset=utf-8");
}

http::Answer LocalState::trip_answer(const std::string& trip_id) {
  if (const Result<> open = open_ledger(); !open) return error_answer(open.error());
  auto trip = ledger.trip(trip_id);
  if (!trip) return error_answer(trip.error());
  if (!*trip) return error_answer(404, "no such trip in the ledger of this box");
  return json_answer(trip_json(**trip, process_facts().charge_window));
}

http::Answer LocalState::records_answer(const Target& target) {
  Page page;
  for (const auto& [name, value] : target.query) {
    if (auto error = read_parameter(name, value, page); !error.empty()) {
      return error_answer(400, error);
    }
  }
  if (const Result<> open = open_ledger(); !open) return error_answer(open.error());
  auto found = ledger.deliveries(page.state, page.after, static_cast<std::size_t>(page.limit));
  if (!found) return error_answer(found.error());
  Json records = Json::array();
  for (const store::Delivery& delivery : *found) records.push_back(record_json(delivery));
  const bool full = std::cmp_equal(found->size(), page.limit);
  return json_answer(
      {{"records", std::move(records)}, {"next", full ? Json(found->back().id) : Json(nullptr)}});
}

http::Answer LocalState::read(Action action, const std::string& argument, const Target& target) {
  switch (action) {
    case Action::page:
      return page_answer();
    case Action::ready:
      return ready_answer();
    case Action::metrics:
      return metrics_answer();
    case Action::status:
      return status_answer();
    case Action::trip:
      return trip_answer(argument);
    case Action::records:
      return records_answer(target);
    default:
      return text_answer("alive\n", "text/plain; charset=utf-8");
  }
}

awaitable<http::Answer> LocalState::answer(const http::Request& request, bool changes_allowed) {
  const auto target = parse_target(request.target);
  if (!target) co_return error_answer(400, "the path is not a valid one");
  Routed routed = route(request.method_text, *target);
  if (!routed.action && routed.allow.empty()) co_return error_answer(404, "there is no such path");
  if (!routed.action) {
    http::Answer refusal = error_answer(405, "expected " + routed.allow);
    refusal.headers.emplace_back("Allow", routed.allow);
    co_return refusal;
  }
  if (!routed.changes) co_return read(*routed.action, routed.argument, *target);
  if (!changes_allowed) {
    co_return error_answer(403, "changes are taken on the control socket alone");
  }
  if (!may_change(request.peer, options.own_uid, options.is_operator)) {
    co_return error_answer(403, "changes are for root and members of group gatehouse");
  }
  if (const Result<> open = open_ledger(); !open) co_return error_answer(open.error());
  auto changed = change(*routed.action, std::move(routed.argument), request.body);
  co_return co_await std::move(changed);
}

LocalApi::LocalApi(LocalOptions options, std::filesystem::path ledger_file,
                   store::LedgerThread& writer, const Metrics& metrics, FactsSource facts,
                   const Clock& clock, boost::asio::io_context& loop)
    : state_(new LocalState{std::move(options), std::move(ledger_file), writer, metrics,
                            std::move(facts), clock, loop}) {}

LocalApi::~LocalApi() = default;

std::vector<Warning> LocalApi::warnings() {
  return assess(state_->facts());
}

sync::FlawTally LocalApi::flawed_rows() {
  return state_->facts().process.sync.feed.flaws;
}

http::Handler LocalApi::reading() {
  return [state = state_](const http::Request& request) { return state->answer(request, false); };
}

http::Handler LocalApi::everything() {
  return [state = state_](const http::Request& request) { return state->answer(request, true); };
}

}  // namespace gatehouse::local
