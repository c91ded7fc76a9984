#include "tests/simulator/shop/shop.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "tests/simulator/commands/commands.hpp"
#include "tests/simulator/commands/files.hpp"

namespace gatehouse::simulator {
namespace {

struct ShopCommand {
  ShopOptions shop;
  std::string gate = "http://127.0.0.1:8080";
  std::string second_gate;
  std::string bearer_token_file;
  std::string report_file;
  std::int64_t retry_max_s = 60;
  std::int64_t late_ms = 2000;
};

Result<ShopReport> play(ShopCommand command) {
  auto gate = resolve(command.gate);
  if (!gate) return propagate(std::move(gate), "--gate");
  command.shop.gate = *gate;
  if (!command.second_gate.empty()) {
    auto second = resolve(command.second_gate);
    if (!second) return propagate(std::move(second), "--second-gate");
    command.shop.second_gate = *second;
  }
  command.shop.retry_max = std::chrono::seconds(command.retry_max_s);
  command.shop.late = std::chrono::milliseconds(command.late_ms);
  if (!command.bearer_token_file.empty()) {
    auto token = read_secret(command.bearer_token_file);
    if (!token) return propagate(std::move(token), "--bearer-token-file");
    command.shop.bearer_token = *token;
  }
  const SystemClock clock;
  boost::asio::io_context loop(1);
  Shop shop(loop, command.shop, clock);
  shop.start();
  loop.run();
  if (!command.report_file.empty()) {
    auto written = write_json(command.report_file, shop.report().to_json());
    if (!written) return propagate(std::move(written), "--report");
  }
  return std::move(shop.report());
}

int run(const ShopCommand& command) {
  const auto report = play(command);
  if (!report) {
    fmt::print(stderr, "gatehouse-sim shop: {}\n", report.error().message);
    return exit_misused;
  }
  fmt::print("{}", report->table());
  const bool all_well =
      report->acknowledged() == report->trips.size() && report->mismatching_purchase_ids == 0;
  return all_well ? exit_ok : exit_failed;
}

}  // namespace

void add_shop_command(CLI::App& app, int& exit_code) {
  auto command = std::make_shared<ShopCommand>();
  auto& plan = command->shop.plan;
  auto* shop = app.add_subcommand("shop", "Call the gate as Amazon does: scans and carts");
  const auto option = [&](const char* name, auto& value, const char* what) {
    return shop->add_option(name, value, what)->capture_default_str();
  };
  option("--gate", command->gate, "http://HOST:PORT or unix:/PATH");
  option("--second-gate", command->second_gate,
         "Of a second box that gets each cart that the first acknowledges at once");
  option("--bearer-token-file", command->bearer_token_file, "File with the gate's bearer token");
  option("--store", command->shop.store_id, "The storeId that Amazon sends");
  option("--card-trips", plan.card_trips, "Trips with card entry (FINANCIAL)");
  option("--app-trips", plan.app_trips, "Trips with app entry (SCAN_CODE)");
  option("--seed", plan.seed, "Seed of the trips: that of world, so that the keys are known");
  option("--shoppers", plan.shoppers, "Number of shoppers: that of world");
  option("--first-trip", plan.first_trip,
         "Number of the first trip, to continue after an earlier run");
  option("--empty-percent", plan.empty_percent, "Empty carts")->check(CLI::Range(0.0, 100.0));
  option("--unknown-percent", plan.unknown_percent,
         "Trips before which an unknown shopper is rejected")
      ->check(CLI::Range(0.0, 100.0));
  option("--duplicates-percent", plan.duplicates_percent, "Carts that are sent twice")
      ->check(CLI::Range(0.0, 100.0));
  const auto percentage = [&](const char* name, double& value, const char* what) {
    option(name, value, what)->check(CLI::Range(0.0, 100.0));
  };
  percentage("--same-cart-percent", plan.same_cart_percent, "Carts sent again byte for byte");
  percentage("--new-request-percent", plan.new_request_percent,
             "Carts sent again under a new requestId");
  percentage("--reordered-percent", plan.reordered_percent,
             "Carts sent again after a later trip's");
  percentage("--late-percent", plan.late_percent, "Carts sent again after --late-ms");
  option("--late-ms", command->late_ms, "How late, in milliseconds")->check(CLI::NonNegativeNumber);
  option("--extra-fields-percent", plan.extra_fields_percent, "Requests with undocumented fields")
      ->check(CLI::Range(0.0, 100.0));
  percentage("--identity-percent", plan.identity_percent, "Carts with shopperIdentity");
  option("--rate", command->shop.trips_per_s, "Trips per second; 0: as fast as possible")
      ->check(CLI::NonNegativeNumber);
  option("--connections", command->shop.connections, "Connections to the gate")
      ->check(CLI::Range(1, 10'000));
  option("--retry-max-s", command->retry_max_s,
         "How long an unacknowledged cart is sent again, in seconds")
      ->check(CLI::NonNegativeNumber);
  option("--report", command->report_file, "Write the report to this file, as JSON");
  shop->callback([command, &exit_code] { exit_code = run(*command); });
}

}  // namespace gatehouse::simulator
