#include "daemon/local/changes/trip_decision.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/local/request/answers.hpp"
#include "daemon/local/request/request_body.hpp"
#include "store/values/result.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::local {
namespace {

using boost::asio::awaitable;
using Json = nlohmann::ordered_json;
using sync::JsonKind;
using sync::JsonValue;

struct Asked {
  std::string trip_id{};
  store::DecisionWord word = store::DecisionWord::unreadable;
  std::string by{};
  std::optional<Money> confirms{};
};

/// One of a list: what would be done, or why not.
struct Planned {
  Asked asked{};
  std::optional<store::Settlement> charge{};
  std::optional<store::SettlementChange> change{};  ///< none: nothing to do, or see why_not
  std::string why_not{};
  bool is_unknown = false;  ///< why_not: the ledger has no such trip
};

/// '' on success, else what was expected.
std::string read_words(const JsonValue& value, Asked& into) {
  const auto word = store::decision_word_from(value["decision"].text().value_or(""));
  if (!word) return "decision: expected captured, not_captured, written_off or charge";
  into.word = *word;
  if (!value["by"].is(JsonKind::missing)) {
    const auto by = value["by"].text();
    if (!by || !sync::is_name(*by)) return "by: expected at most 128 printable characters";
    into.by = *by;
  }
  auto confirms = sync::confirmed_in(value, *word);
  if (!confirms) return std::move(confirms.error().message);
  into.confirms = *std::move(confirms);
  return "";
}

std::string already(const Planned& planned) {
  return planned.charge ? std::string(store::to_text(planned.charge->state)) : "";
}

/// What the word does to the charge, or why it does nothing.
void set_change(const ChangeContext& context, Planned& planned) {
  const Asked& asked = planned.asked;
  auto step = sync::step_of(*planned.charge, asked.word, asked.confirms);
  switch (step.kind) {
    case sync::DecisionStep::Kind::move:
      planned.change = sync::operator_change(
          context.options.owed(), *planned.charge, step.step,
          sync::decision_reason(asked.word, asked.by, " at the box", asked.confirms.has_value()),
          context.clock.wall());
      break;
    case sync::DecisionStep::Kind::nothing:
      break;
    case sync::DecisionStep::Kind::later:
      planned.why_not = "a call to Amazon is under way for it: try again in a few seconds";
      break;
    case sync::DecisionStep::Kind::refused:
      planned.why_not = std::move(step.reason);
      break;
  }
}

/// A trip that cannot be read is an error: nothing is known about it.
Result<Planned> plan(ChangeContext& context, Asked asked) {
  Planned planned{.asked = std::move(asked)};
  const auto trip = context.ledger.reader().trip(planned.asked.trip_id);
  if (!trip) return propagate(trip);
  planned.is_unknown = !*trip;
  if (planned.is_unknown) planned.why_not = "no such trip in the ledger of this box";
  if (*trip && !(*trip)->settlement) {
    planned.why_not = "this trip is not settled by this box: app entry, or jwo.settlement was none";
  }
  if (!planned.why_not.empty()) return planned;
  planned.charge = (*trip)->settlement;
  set_change(context, planned);
  return planned;
}

/// An error ends the work: what the disk does not take is never one trip's outcome.
Result<std::vector<std::string>> carry_out(store::Ledger& ledger, const std::vector<Planned>& all) {
  std::vector<std::string> outcomes;
  for (const Planned& planned : all) {
    outcomes.push_back(planned.why_not);
    if (!planned.change) continue;
    const auto done = ledger.move_settlement(*planned.change);
    if (!done && done.error().remedy != Remedy::reject) return propagate(done);
    if (!done) outcomes.back() = "its state has changed meanwhile: check it and try again";
  }
  return outcomes;
}

std::vector<std::string> would_be(const std::vector<Planned>& all) {
  std::vector<std::string> outcomes;
  for (const Planned& planned : all) outcomes.push_back(planned.why_not);
  return outcomes;
}

/// What one word comes to in a list.
struct Sum {
  std::int64_t trips = 0;
  std::int64_t unpriced = 0;
  std::map<std::string, std::int64_t> minor;  ///< by currency
};

Json sum_json(const Sum& sum) {
  Json amounts = Json::array();
  for (const auto& [currency, minor] : sum.minor) {
    amounts.push_back({{"amount", format_amount({minor, currency})}, {"code", currency}});
  }
  return {{"trips", sum.trips}, {"amounts", std::move(amounts)}, {"unpriced", sum.unpriced}};
}

Json list_json(bool dry_run, const std::vector<Planned>& all,
               const std::vector<std::string>& outcomes) {
  std::map<std::string_view, Sum> sums;
  Json left_out = Json::array();
  std::int64_t unchanged = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Planned& planned = all[i];
    if (!outcomes[i].empty()) {
      left_out.push_back(
          {{"place", i}, {"tripId", planned.asked.trip_id}, {"reason", outcomes[i]}});
      continue;
    }
    if (!planned.change) {
      ++unchanged;
      continue;
    }
    Sum& sum = sums[store::to_text(planned.asked.word)];
    ++sum.trips;
    if (const auto& amount = planned.charge->amount) {
      sum.minor[amount->currency] += amount->minor;
    } else {
      ++sum.unpriced;
    }
  }
  Json decisions = Json::object();
  for (const auto& [word, sum] : sums) decisions[std::string(word)] = sum_json(sum);
  return {{"dryRun", dry_run},
          {"decisions", std::move(decisions)},
          {"unchanged", unchanged},
          {"leftOut", std::move(left_out)}};
}

struct List {
  std::vector<Asked> asked;
  std::vector<std::string> unreadable;  ///< by the same places; '' where it can be read
  bool dry_run = false;
};

Result<List> parse_list(std::string_view body) {
  const auto document = read_body(body);
  if (!document) return propagate(document);
  List list;
  for (const JsonValue member : document->root().children()) {
    const bool known = member.name() == "decisions" || member.name() == "dryRun";
    if (!known) {
      return failure(Remedy::reject, "unknown member: expected decisions and dryRun");
    }
  }
  const auto decisions = (*document)["decisions"];
  if (!decisions.is(JsonKind::array)) {
    return failure(Remedy::reject, "decisions: expected a list of objects");
  }
  if (const auto dry_run = (*document)["dryRun"]; !dry_run.is(JsonKind::missing)) {
    if (!dry_run.boolean()) return failure(Remedy::reject, "dryRun: expected true or false");
    list.dry_run = *dry_run.boolean();
  }
  for (const JsonValue each : decisions.children()) {
    if (list.asked.size() == decisions_max) {
      return failure(Remedy::reject, fmt::format("decisions: expected at most {}", decisions_max));
    }
    Asked asked{.trip_id = std::string(each["tripId"].text().value_or(""))};
    list.unreadable.push_back(asked.trip_id.empty() ? "tripId: expected a text"
                                                    : read_words(each, asked));
    list.asked.push_back(std::move(asked));
  }
  return list;
}

}  // namespace

awaitable<http::Answer> decide_by_word(ChangeContext context, std::string trip_id,
                                       std::string_view body) {
  const auto document = read_body(body);
  if (!document) co_return error_answer(document.error());
  Asked asked{.trip_id = std::move(trip_id)};
  if (const auto wrong = read_words(document->root(), asked); !wrong.empty()) {
    co_return error_answer(400, wrong);
  }
  auto only = plan(context, std::move(asked));
  if (!only) co_return error_answer(only.error());
  const std::vector<Planned> all{std::move(*only)};
  const Planned& planned = all.front();
  if (!planned.why_not.empty()) {
    co_return error_answer(planned.is_unknown ? 404 : 409, planned.why_not);
  }
  const auto answer = [&planned](std::string_view state) {
    return json_answer({{"tripId", planned.asked.trip_id}, {"state", state}});
  };
  if (!planned.change) co_return answer(already(planned));
  using Outcomes = std::vector<std::string>;
  std::move_only_function<Result<Outcomes>(store::Ledger&)> work = [all](store::Ledger& into) {
    return carry_out(into, all);
  };
  auto commit = context.ledger.commit<Outcomes>(std::move(work));
  const auto outcomes = co_await std::move(commit);
  if (!outcomes) co_return error_answer(outcomes.error());
  if (!outcomes->front().empty()) co_return error_answer(409, outcomes->front());
  co_return answer(store::to_text(planned.change->to));
}

awaitable<http::Answer> decide_trips(ChangeContext context, std::string_view body) {
  auto list = parse_list(body);
  if (!list) co_return error_answer(list.error());
  std::vector<Planned> all;
  for (std::size_t i = 0; i < list->asked.size(); ++i) {
    Asked& asked = list->asked[i];
    if (!list->unreadable[i].empty()) {
      all.push_back({.asked = std::move(asked), .why_not = list->unreadable[i]});
      continue;
    }
    auto planned = plan(context, asked);
    if (planned) {
      all.push_back(std::move(*planned));
    } else if (planned.error().remedy == Remedy::repair) {  // its row is damaged, and no other
      all.push_back({.asked = std::move(asked), .why_not = planned.error().message});
    } else {
      co_return error_answer(planned.error());
    }
  }
  if (list->dry_run || all.empty()) {
    co_return json_answer(list_json(list->dry_run, all, would_be(all)));
  }
  using Outcomes = std::vector<std::string>;
  std::move_only_function<Result<Outcomes>(store::Ledger&)> work = [all](store::Ledger& into) {
    return carry_out(into, all);
  };
  auto commit = context.ledger.commit<Outcomes>(std::move(work));
  const auto outcomes = co_await std::move(commit);
  if (!outcomes) co_return error_answer(outcomes.error());
  co_return json_answer(list_json(false, all, *outcomes));
}

}  // namespace gatehouse::local
