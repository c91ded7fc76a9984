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
  std::string bearer_token_file;
  std::string report_file;
  std::int64_t retry_max_s = 60;
  std::int64_t late_ms = 2000;
};

Result<ShopReport> play(ShopCommand command) {
  auto gate = resolve(command.gate);
  if (!gate) return propagate(std::move(gate), "--gate");
  command.shop.gate = *gate;
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
  auto* shop = app.add_subcommand("shop", "Play Amazon at the gate: scans and carts");
  const auto option = [&](const char* name, auto& value, const char* what) {
    return shop->add_option(name, value, what)->capture_default_str();
  };
  option("--gate", command->gate, "http://HOST:PORT or unix:/PATH");
  option("--bearer-token-file", command->bearer_token_file, "file with the gate's bearer token");
  option("--store", command->shop.store_id, "storeId that Amazon sends");
  option("--card-trips", plan.card_trips, "trips with card entry (FINANCIAL)");
  option("--app-trips", plan.app_trips, "trips with app entry (SCAN_CODE)");
  option("--seed", plan.seed, "of the trips; the world's, so that the keys are known");
  option("--shoppers", plan.shoppers, "of the world");
  option("--first-trip", plan.first_trip, "number of the first trip: go on after an earlier run");
  option("--empty-percent", plan.empty_percent, "empty carts")->check(CLI::Range(0.0, 100.0));
  option("--unknown-percent", plan.unknown_percent, "trips before which a stranger is refused")
      ->check(CLI::Range(0.0, 100.0));
  option("--duplicates-percent", plan.duplicates_percent, "carts that are sent twice")
      ->check(CLI::Range(0.0, 100.0));
  const auto percentage = [&](const char* name, double& value, const char* what) {
    option(name, value, what)->check(CLI::Range(0.0, 100.0));
  };
  percentage("--same-cart-percent", plan.same_cart_percent, "carts sent again byte for byte");
  percentage("--new-request-percent", plan.new_request_percent,
             "carts sent again under a new requestId");
  percentage("--reordered-percent", plan.reordered_percent,
             "carts sent again after a later trip's");
  percentage("--late-percent", plan.late_percent, "carts sent again after --late-ms");
  option("--late-ms", command->late_ms, "how late")->check(CLI::NonNegativeNumber);
  option("--extra-fields-percent", plan.extra_fields_percent, "requests with undocumented fields")
      ->check(CLI::Range(0.0, 100.0));
  percentage("--identity-percent", plan.identity_percent, "carts with shopperIdentity");
  option("--rate", command->shop.trips_per_s, "trips a second; 0: as fast as it goes")
      ->check(CLI::NonNegativeNumber);
  option("--connections", command->shop.connections, "to the gate")->check(CLI::Range(1, 10'000));
  option("--retry-max-s", command->retry_max_s, "for how long a cart is sent again")
      ->check(CLI::NonNegativeNumber);
  option("--report", command->report_file, "write the report as JSON to this file");
  shop->callback([command, &exit_code] { exit_code = run(*command); });
}

}  // namespace gatehouse::simulator
