#include "tests/simulator/audit.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <thread>

#include "store/values/time.hpp"
#include "tests/simulator/commands/commands.hpp"
#include "tests/simulator/commands/files.hpp"
#include "tests/simulator/shop/connection.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds poll_every{250};
constexpr std::chrono::milliseconds request_max{30'000};

struct AuditCommand {
  std::string world;
  std::vector<std::string> reports;
  std::vector<std::string> forgotten;
  AuditedSettlement settlement = AuditedSettlement::payment;
  std::string ledger;
  std::int64_t wait_s = 0;
  bool json = false;
};

Result<nlohmann::json> get_effects(const std::string& world) {
  auto address = resolve(world);
  if (!address) return propagate(std::move(address), "--world");
  asio::io_context loop(1);
  Connection connection(loop.get_executor(), *address, "", request_max);
  ClientReply reply;
  asio::co_spawn(loop, connection.send(boost::beast::http::verb::get, "/sim/effects", ""),
                 [&](std::exception_ptr, ClientReply received) { reply = std::move(received); });
  loop.run();
  if (reply.status != 200) {
    return failure(Remedy::retry, fmt::format("{} gave no effects: {} {}", world, reply.status,
                                              reply.error.message()));
  }
  auto effects = nlohmann::json::parse(reply.body, nullptr, false);
  if (!effects.is_object()) return failure(Remedy::reject, world + " gave no JSON object");
  return effects;
}

Result<std::vector<TripReport>> read_reports(const std::vector<std::string>& files) {
  std::vector<TripReport> trips;
  for (const auto& file : files) {
    const auto report = read_json(file);
    if (!report) return propagate(report);
    auto some = read_trips(*report);
    if (!some) return propagate(std::move(some), file);
    std::ranges::move(*some, std::back_inserter(trips));
  }
  return trips;
}

Result<AuditResult> audit_once(const AuditCommand& command, const std::vector<TripReport>& trips) {
  AuditOptions options{.settlement = command.settlement};
  Beliefs beliefs;
  if (!command.ledger.empty()) {
    auto read = read_beliefs(command.ledger, trips);
    if (!read) return propagate(std::move(read));
    beliefs = *std::move(read);
    options.beliefs = &beliefs;
    const auto forgotten = read_reports(command.forgotten);
    if (!forgotten) return propagate(forgotten);
    for (const auto& trip : *forgotten) options.forgotten.insert(trip.trip_id);
  }
  // After the ledger: what it calls done has happened by now.
  const auto effects = get_effects(command.world);
  if (!effects) return propagate(effects);
  return audit(trips, *effects, options);
}

Result<AuditResult> audit_until_clean(const AuditCommand& command) {
  auto files = command.reports;
  files.insert(files.end(), command.forgotten.begin(), command.forgotten.end());
  const auto trips = read_reports(files);
  if (!trips) return propagate(trips);
  const auto give_up_at = SystemClock().steady() + std::chrono::seconds(command.wait_s);
  while (true) {
    auto result = audit_once(command, *trips);
    const bool is_late = SystemClock().steady() >= give_up_at;
    if (is_late || (result && result->clean())) return result;
    std::this_thread::sleep_for(poll_every);
  }
}

int run(const AuditCommand& command) {
  const auto result = audit_until_clean(command);
  if (!result) {
    fmt::print(stderr, "gatehouse-sim audit: {}\n", result.error().message);
    return exit_misused;
  }
  fmt::print("{}", command.json ? result->to_json().dump(1) + "\n" : result->table());
  return result->clean() ? exit_ok : exit_failed;
}

}  // namespace

void add_audit_command(CLI::App& app, int& exit_code) {
  auto command = std::make_shared<AuditCommand>();
  auto* audit = app.add_subcommand(
      "audit", "Compare what the box acknowledged with what took effect in the world");
  audit->add_option("--world", command->world, "http://HOST:PORT or unix:/PATH")->required();
  audit->add_option("--report", command->reports, "Reports of shop: all runs against this world")
      ->required();
  audit->add_option("--forgotten", command->forgotten,
                    "Further reports, of trips that the ledger has lost");
  static const std::map<std::string, AuditedSettlement> settlements{
      {"payment", AuditedSettlement::payment},
      {"checkout", AuditedSettlement::checkout},
      {"none", AuditedSettlement::none}};
  audit->add_option("--settlement", command->settlement, "The box's jwo.settlement")
      ->transform(CLI::CheckedTransformer(settlements).description("payment|checkout|none"));
  audit->add_option("--ledger", command->ledger,
                    "The box's ledger.db, which must match what happened");
  audit
      ->add_option("--wait-s", command->wait_s,
                   "Repeat until the audit passes, for at most N seconds")
      ->check(CLI::NonNegativeNumber);
  audit->add_flag("--json", command->json, "Print JSON");
  audit->callback([command, &exit_code] { exit_code = run(*command); });
}

}  // namespace gatehouse::simulator
