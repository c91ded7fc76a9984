#include "daemon/command/selftest.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <random>
#include <thread>

#include "daemon/command/selftest_target.hpp"
#include "daemon/command/shown.hpp"
#include "daemon/selftest/judge.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;
using selftest::Case;

constexpr std::chrono::seconds answer_deadline{25};  // longer than a gate waits for its disk

struct Outcome {
  Case tested;
  std::string wrong;  ///< '' : passed, or not run
};

/// A gate that limits its callers limits a self-test too.
std::expected<Reply, CallError> ask_patiently(const SelftestTarget& target, std::string_view path,
                                              const std::string& body) {
  constexpr int tries_max = 10;
  constexpr std::chrono::seconds pause{1};  // the gate's own Retry-After
  for (int tries = 1;; ++tries) {
    auto reply =
        post_to_gate(target.gate, target.tls, path, body, target.bearer_token, answer_deadline);
    if (!reply || reply->status != 429 || tries == tries_max) return reply;
    std::this_thread::sleep_for(pause);
  }
}

std::string new_run() {
  std::random_device random;
  return fmt::format("{:08x}{:04x}", random(), random() & 0xFFFFU);
}

selftest::Setup setup_of(const SelftestArguments& test, const SelftestTarget& target) {
  return {.store_id = target.store_id,
          .known_key = test.known_key,
          .associate_key = test.associate_key,
          .accepted_instrument = test.accepted_instrument,
          .denied_instrument = test.denied_instrument,
          .adjusted_instrument = test.adjusted_instrument,
          .indebted_instrument = test.indebted_instrument,
          .card_entry = test.card_entry,
          .run = new_run(),
          .now = SystemClock().wall(),
          .identifier_types = target.identifier_types};
}

std::vector<Case> cases_of(const std::string& plan, const selftest::Setup& setup) {
  if (plan == "identity") return selftest::identity_cases(setup);
  if (plan == "ordering") return selftest::ordering_cases(setup);
  if (plan == "fraud") return selftest::fraud_cases(setup);
  return selftest::all_cases(setup);
}

std::string_view result_of(const Outcome& outcome) {
  if (!outcome.tested.not_run.empty()) return "not_run";
  return outcome.wrong.empty() ? "pass" : "fail";
}

struct Summary {
  int passed = 0;
  int failed = 0;
  int not_run = 0;
};

Summary summary_of(const std::vector<Outcome>& outcomes) {
  Summary summary;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.tested.not_run.empty()) {
      ++summary.not_run;
    } else {
      ++(outcome.wrong.empty() ? summary.passed : summary.failed);
    }
  }
  return summary;
}

void print_json(const SelftestTarget& target, const selftest::Setup& setup,
                const std::vector<Outcome>& outcomes, std::ostream& out) {
  Json cases = Json::array();
  for (const Outcome& outcome : outcomes) {
    const Case& tested = outcome.tested;
    cases.push_back({{"call", tested.call},
                     {"number", tested.number},
                     {"title", tested.title},
                     {"result", result_of(outcome)},
                     {"detail", tested.not_run.empty() ? outcome.wrong : tested.not_run}});
  }
  const Summary summary = summary_of(outcomes);
  out << Json{{"gate", target.gate_text},  {"storeId", target.store_id},
              {"run", setup.run},          {"tripIdsBeginWith", selftest::trip_prefix},
              {"cases", std::move(cases)}, {"passed", summary.passed},
              {"failed", summary.failed},  {"notRun", summary.not_run}}
             .dump(2, ' ', false, Json::error_handler_t::replace)
      << "\n";
}

void print_text(const SelftestTarget& target, const std::vector<Outcome>& outcomes,
                std::ostream& out) {
  out << "Self-test of " << for_terminal(target.gate_text) << " as store "
      << for_terminal(target.store_id) << "\n"
      << "Its carts are real: they stay in the ledger and go to the cloud, as trips "
      << selftest::trip_prefix << "...\n\n";
  std::vector<std::vector<std::string>> rows{{"CALL", "CASE", "RESULT", "TITLE"}};
  for (const Outcome& outcome : outcomes) {
    const Case& tested = outcome.tested;
    std::string title = tested.title;
    if (!outcome.wrong.empty()) title += ": " + outcome.wrong;
    if (!tested.not_run.empty()) title += " (" + tested.not_run + ")";
    rows.push_back({std::string(tested.call), tested.number,
                    std::string(tested.not_run.empty() ? result_of(outcome) : "not run"),
                    for_terminal(std::move(title))});
  }
  const Summary summary = summary_of(outcomes);
  out << columns(rows)
      << fmt::format("\n{} passed, {} failed, {} not run\n", summary.passed, summary.failed,
                     summary.not_run);
}

}  // namespace

ExitCode selftest(const Arguments& arguments, const configuration::Environment& environment,
                  std::ostream& out, std::ostream& err) {
  const auto target = find_selftest_target(arguments, environment);
  if (!target) {
    err << "gatehouse: " << for_terminal(target.error()) << "\n";
    return ExitCode::wrong_input;
  }
  const selftest::Setup setup = setup_of(arguments.selftest, *target);
  std::optional<CallError> silent;
  const auto ask = [&](std::string_view path,
                       const std::string& body) -> std::expected<selftest::Reply, std::string> {
    auto reply = ask_patiently(*target, path, body);
    if (reply) return selftest::Reply{reply->status, std::move(reply->body)};
    silent = std::move(reply.error());
    return std::unexpected(silent->message);
  };
  std::vector<Outcome> outcomes;
  for (Case& tested : cases_of(arguments.selftest.plan, setup)) {
    std::string wrong = tested.not_run.empty() ? selftest::run(tested, ask) : std::string{};
    outcomes.push_back({std::move(tested), std::move(wrong)});
    if (silent) break;
  }
  if (arguments.json) {
    print_json(*target, setup, outcomes, out);
  } else {
    print_text(*target, outcomes, out);
  }
  if (silent) {
    err << "gatehouse: " << for_terminal(silent->message) << "\n";
    return silent->exit_code;
  }
  return summary_of(outcomes).failed == 0 ? ExitCode::ok : ExitCode::unhealthy;
}

}  // namespace gatehouse::command
