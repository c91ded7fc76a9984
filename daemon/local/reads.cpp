#include "daemon/local/reads.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/view/record_json.hpp"
#include "daemon/local/view/status_json.hpp"
#include "daemon/local/view/status_page.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t page_default = 100;
constexpr std::int64_t page_max = 500;

struct Page {
  std::string state;
  std::int64_t after = 0;
  std::int64_t limit = page_default;
};

// '' on success, else what was expected.
std::string read_parameter(const std::string& name, const std::string& value, Page& page) {
  if (name == "state") {
    page.state = value;
    return "";
  }
  const auto number = whole_number(value);
  if (name == "after") {
    page.after = number.value_or(-1);
    return page.after >= 0 ? "" : "after: expected the number that `next` gave";
  }
  if (name == "limit") {
    page.limit = number.value_or(0);
    return page.limit >= 1 && page.limit <= page_max ? "" : "limit: expected 1 to 500";
  }
  return "unknown parameter: expected state, after or limit";
}

std::optional<store::SettlementState> charge_state_from(std::string_view text) {
  constexpr int numbers_max = 64;
  for (int number = 1; number <= numbers_max; ++number) {
    const auto state = static_cast<store::SettlementState>(number);
    if (store::to_text(state) == text && text != "unknown") return state;
  }
  return std::nullopt;
}

/// '' on success, else what was expected.
std::string read_page(const Target& target, Page& page) {
  for (const auto& [name, value] : target.query) {
    if (auto error = read_parameter(name, value, page); !error.empty()) return error;
  }
  return "";
}

http::Answer text_answer(std::string body, std::string_view content_type) {
  http::Answer answer;
  answer.body = std::move(body);
  answer.content_type = content_type;
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

}  // namespace

Reads::Reads(LocalLedger& ledger, const Metrics& metrics, FactsSource process_facts,
             FactsSource swift_facts, const Clock& clock)
    : ledger_(ledger),
      metrics_(metrics),
      process_facts_(std::move(process_facts)),
      swift_process_facts_(swift_facts ? std::move(swift_facts) : process_facts_),
      clock_(clock) {}

Facts Reads::facts() {
  const CountedLedger& counted = ledger_.recent_counts();
  return {.now = clock_.wall(),
          .process = process_facts_(),
          .gate = metrics_.gate_counts(),
          .carts = metrics_.cart_refusals(),
          .ledger = counted.counts,
          .ledger_unreadable = counted.unreadable};
}

Facts Reads::swift_facts() {
  Facts facts;
  facts.now = clock_.wall();
  facts.process = swift_process_facts_();
  return facts;
}

Health Reads::health(const Facts& facts) {
  Health health = health_of(facts);
  health.parts = part_watch_.look(std::move(health.parts), clock_.steady(), facts.now);
  return health;
}

http::Answer Reads::status() {
  const Facts current = facts();
  return json_answer(status_json(current, health(current)));
}

http::Answer Reads::page() {
  const Facts current = facts();
  auto answer =
      text_answer(status_page(status_json(current, health(current))), "text/html; charset=utf-8");
  answer.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; style-src 'unsafe-inline'");
  return answer;
}

http::Answer Reads::ready(Service service) {
  const auto reasons = unready_reasons(service == Service::all ? facts() : swift_facts(), service);
  return json_answer({{"ready", reasons.empty()}, {"reasons", reasons}},
                     reasons.empty() ? 200 : 503);
}

http::Answer Reads::metrics() {
  const Facts current = facts();
  return text_answer(metrics_.exposition(current, health(current)),
                     "text/plain; version=0.0.4; charset=utf-8");
}

http::Answer Reads::trip(const std::string& trip_id) {
  if (const Result<> open = ledger_.open(); !open) return error_answer(open.error());
  auto found = ledger_.reader().trip(trip_id);
  if (!found) return error_answer(found.error());
  if (!*found) return error_answer(404, "no such trip in the ledger of this box");
  return json_answer(trip_json(**found, process_facts_().charge_window));
}

http::Answer Reads::trips(const Target& target) {
  Page wanted;
  if (auto error = read_page(target, wanted); !error.empty()) return error_answer(400, error);
  const auto state = charge_state_from(wanted.state);
  if (!state) return error_answer(400, "state: expected that of a charge, such as held");
  if (const Result<> open = ledger_.open(); !open) return error_answer(open.error());
  auto found =
      ledger_.reader().settlements(*state, wanted.after, static_cast<std::size_t>(wanted.limit));
  if (!found) return error_answer(found.error());
  const auto charge_window = process_facts_().charge_window;
  Json listed = Json::array();
  for (const auto& each : *found) listed.push_back(charge_json(each, charge_window));
  const bool full = std::cmp_equal(found->size(), wanted.limit);
  return json_answer({{"trips", std::move(listed)},
                      {"next", full ? Json(found->back().trip_sequence) : Json(nullptr)}});
}

http::Answer Reads::records(const Target& target) {
  Page wanted;
  if (auto error = read_page(target, wanted); !error.empty()) return error_answer(400, error);
  const bool refused = wanted.state == "refused";  // carts that were answered 400
  const auto state = store::delivery_state_from(wanted.state);
  if (!state && !refused && !wanted.state.empty()) {
    return error_answer(400, "state: expected pending, delivered, set_aside, withdrawn or refused");
  }
  if (const Result<> open = ledger_.open(); !open) return error_answer(open.error());
  if (refused) return refused_carts(wanted.after, static_cast<std::size_t>(wanted.limit));
  auto found =
      ledger_.reader().deliveries(state, wanted.after, static_cast<std::size_t>(wanted.limit));
  if (!found) return error_answer(found.error());
  Json listed = Json::array();
  for (const store::Delivery& delivery : *found) listed.push_back(record_json(delivery));
  const bool full = std::cmp_equal(found->size(), wanted.limit);
  return json_answer(
      {{"records", std::move(listed)}, {"next", full ? Json(found->back().id) : Json(nullptr)}});
}

http::Answer Reads::refused_carts(std::int64_t after, std::size_t limit) {
  auto found = ledger_.reader().refused_carts(after, limit);
  if (!found) return error_answer(found.error());
  Json listed = Json::array();
  for (const store::RefusedCart& cart : *found) listed.push_back(refused_json(cart));
  const bool full = found->size() == limit;
  return json_answer(
      {{"records", std::move(listed)}, {"next", full ? Json(found->back().id) : Json(nullptr)}});
}

http::Answer Reads::refused_cart(const std::string& id) {
  const auto known = refused_id_from(id);
  if (!known) return error_answer(400, "the id of a refused cart is r and a whole number");
  if (const Result<> open = ledger_.open(); !open) return error_answer(open.error());
  const auto found = ledger_.reader().refused_cart(*known);
  if (!found) return error_answer(found.error());
  if (!*found) return error_answer(404, "no such refused cart in the ledger of this box");
  return json_answer(refused_json(**found));
}

http::Answer Reads::answer(Action action, const std::string& argument, const Target& target) {
  switch (action) {
    case Action::page:
      return page();
    case Action::ready:
      return ready(Service::all);
    case Action::scans_ready:
      return ready(Service::scans);
    case Action::carts_ready:
      return ready(Service::carts);
    case Action::metrics:
      return metrics();
    case Action::status:
      return status();
    case Action::trip:
      return trip(argument);
    case Action::trips:
      return trips(target);
    case Action::records:
      return records(target);
    case Action::refused_cart:
      return refused_cart(argument);
    default:
      return text_answer("alive\n", "text/plain; charset=utf-8");
  }
}

}  // namespace gatehouse::local
