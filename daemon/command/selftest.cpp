#include "daemon/command/selftest.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <random>

#include "daemon/command/client.hpp"
#include "daemon/command/render.hpp"
#include "daemon/configuration/read_file.hpp"
#include "daemon/selftest/judge.hpp"

namespace gatehouse::command {
namespace {

using Json = nlohmann::ordered_json;
using selftest::Case;

constexpr std::size_t token_max_bytes = 16 * 1024;
constexpr std::chrono::seconds answer_deadline{25};  // longer than a gate waits for its disk

struct Target {
  GateAddress gate;
  std::string gate_text;
  std::string store_id;
  std::string bearer_token;
};

struct Outcome {
  Case tested;
  std::string wrong;  ///< '' : passed, or not run
};

/// What is not named on the command line is read from the configuration.
std::expected<Target, std::string> find_target(const Arguments& arguments,
                                               const configuration::Environment& environment) {
  const SelftestArguments& test = arguments.selftest;
  Target target{{}, test.gate, test.store_id, {}};
  std::string prefix;
  if (test.gate.empty() || test.store_id.empty()) {
    const auto loaded = configuration::load(arguments.configuration_file, environment);
    if (!loaded) {
      return std::unexpected("the configuration is not well: " + to_text(loaded.error().front()) +
                             "; or give --gate and --store");
    }
    const configuration::Configuration& found = loaded->configuration;
    if (target.store_id.empty()) target.store_id = found.store.id;
    if (test.gate.empty()) {
      const std::string& listen = found.gate.listen.text;
      if (!found.gate.tls_certificate.path.empty()) {
        return std::unexpected("the gate serves TLS, which the self-test does not speak");
      }
      target.gate_text = listen.starts_with('/') ? listen : "http://" + listen;
      target.bearer_token = found.gate.bearer_token_file.secret.reveal();
      prefix = found.gate.path_prefix;
    }
  }
  auto gate = parse_gate_address(target.gate_text);
  if (!gate) return std::unexpected("--gate: " + gate.error());
  target.gate = std::move(*gate);
  if (!prefix.empty()) target.gate.path_prefix = prefix;
  if (!test.bearer_token_file.empty()) {
    auto token = configuration::read_file(test.bearer_token_file, token_max_bytes);
    if (!token) return std::unexpected("--bearer-token-file: " + token.error());
    target.bearer_token = token->substr(0, token->find_first_of("\r\n"));
  }
  return target;
}

std::string new_run() {
  std::random_device random;
  return fmt::format("{:08x}{:04x}", random(), random() & 0xFFFFU);
}

selftest::Setup setup_of(const SelftestArguments& test, const Target& target) {
  return {.store_id = target.store_id,
          .known_key = test.known_key,
          .associate_key = test.associate_key,
          .accepted_instrument = test.accepted_instrument,
          .denied_instrument = test.denied_instrument,
          .adjusted_instrument = test.adjusted_instrument,
          .indebted_instrument = test.indebted_instrument,
          .card_entry = test.card_entry,
          .run = new_run(),
          .now = SystemClock().wall()};
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

void print_json(const Target& target, const selftest::Setup& setup,
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

void print_text(const Target& target, const std::vector<Outcome>& outcomes, std::ostream& out) {
  out << "Self-test of " << printable(target.gate_text) << " as store "
      << printable(target.store_id) << "\n"
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
                    printable(std::move(title))});
  }
  const Summary summary = summary_of(outcomes);
  out << columns(rows)
      << fmt::format("\n{} passed, {} failed, {} not run\n", summary.passed, summary.failed,
                     summary.not_run);
}

}  // namespace

ExitCode selftest(const Arguments& arguments, const configuration::Environment& environment,
                  std::ostream& out, std::ostream& err) {
  const auto target = find_target(arguments, environment);
  if (!target) {
    err << "gatehouse: " << printable(target.error()) << "\n";
    return ExitCode::wrong_input;
  }
  const selftest::Setup setup = setup_of(arguments.selftest, *target);
  std::optional<CallError> silent;
  const auto ask = [&](std::string_view path,
                       const std::string& body) -> std::expected<selftest::Reply, std::string> {
    auto reply = post_to_gate(target->gate, path, body, target->bearer_token, answer_deadline);
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
    err << "gatehouse: " << printable(silent->message) << "\n";
    return silent->exit_code;
  }
  return summary_of(outcomes).failed == 0 ? ExitCode::ok : ExitCode::not_well;
}

}  // namespace gatehouse::command
