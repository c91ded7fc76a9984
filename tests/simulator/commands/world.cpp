#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "daemon/http/server.hpp"
#include "store/values/money.hpp"
#include "tests/simulator/commands/commands.hpp"
#include "tests/simulator/commands/files.hpp"
#include "tests/simulator/world/world.hpp"

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;

struct WorldCommand {
  WorldOptions world;
  std::string listen = "127.0.0.1:0";
  std::string unix_socket;
  std::string secret_key_file;
  std::string scenario_file;
  std::vector<std::string> unknown_trips;
};

http::Limits generous_limits() {
  return {.body_max_bytes = 16 * 1024 * 1024,
          .connections_max = 60'000,
          .idle_max = std::chrono::minutes(10)};
}

Result<> serve(WorldCommand command) {
  if (!command.secret_key_file.empty()) {
    auto secret = read_secret(command.secret_key_file);
    if (!secret) return propagate(std::move(secret), "--secret-key-file");
    command.world.signing.secret_access_key = *secret;
  }
  if (!command.scenario_file.empty()) {
    auto scenario = read_scenario(command.scenario_file);
    if (!scenario) return propagate(std::move(scenario), "--scenario");
    command.world.scenario = *std::move(scenario);
  }
  const SystemClock clock;
  asio::io_context loop(1);
  World world(loop, command.world, clock);
  for (const auto& trip_id : command.unknown_trips) world.forget_trip(trip_id);
  http::Server server(loop, generous_limits(), world.handler());
  if (auto listening = server.listen(command.listen); !listening) return listening;
  if (!command.unix_socket.empty()) {
    if (auto listening = server.listen(command.unix_socket); !listening) return listening;
  }
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code&, int) {
    server.close();
    loop.stop();
  });
  const auto host = command.listen.substr(0, command.listen.rfind(':'));
  fmt::print("gatehouse-sim world listening on {}:{}\n", host, server.port());
  std::fflush(stdout);
  loop.run();
  return {};
}

}  // namespace

void add_world_command(CLI::App& app, int& exit_code) {
  auto command = std::make_shared<WorldCommand>();
  auto& signing = command->world.signing;
  auto* world = app.add_subcommand(
      "world",
      "Serve feed, retailer's cloud and Amazon's payment and checkout services on one port");
  world->add_option("--listen", command->listen, "HOST:PORT; port 0 chooses a free port")
      ->capture_default_str();
  world->add_option("--unix", command->unix_socket, "Also listen on this socket file");
  world->add_option("--store", command->world.store_id, "The store that calls")
      ->capture_default_str();
  world->add_option("--shoppers", command->world.shoppers, "Number of shoppers in the feed")
      ->capture_default_str();
  world->add_option("--seed", command->world.seed, "Seed of shoppers and faults")
      ->capture_default_str();
  world
      ->add_option("--access-key", signing.access_key_id,
                   "AWS access key id that calls are signed with")
      ->capture_default_str();
  auto* secret =
      world->add_option("--secret-key", signing.secret_access_key, "The secret access key");
  auto* file = world->add_option("--secret-key-file", command->secret_key_file,
                                 "File with the secret access key in its first line");
  secret->excludes(file);
  world->add_option("--session-token", signing.session_token, "The session token, if there is one");
  world->add_option("--region", signing.region, "Region that signatures must name")
      ->capture_default_str();
  world->add_option("--scenario", command->scenario_file,
                    "TOML file with the faults to simulate (docs/simulator.md)");
  const CLI::Validator is_currency(
      [](const std::string& code) {
        return parse_money("1", code) ? std::string{} : "expected a currency such as JPY";
      },
      "CODE");
  world
      ->add_option("--currency", command->world.prices.currencies,
                   "Currency of the cloud's prices; with several, each trip has one of them")
      ->check(is_currency)
      ->capture_default_str();
  world->add_flag("--checkout", command->world.prices.as_checkout_cart,
                  "The cloud answers checkoutCart instead of charge");
  world->add_flag("!--no-ledger-names", command->world.prices.names_ledgers,
                  "The cloud's prices do not name the ledger that may charge");
  world->add_option("--unknown-trip", command->unknown_trips, "Trips that Amazon does not know");
  world->callback([command, &exit_code] {
    const auto served = serve(*command);
    exit_code = served ? exit_ok : exit_misused;
    if (!served) fmt::print(stderr, "gatehouse-sim world: {}\n", served.error().message);
  });
}

}  // namespace gatehouse::simulator
