#include "tests/end_to_end/world.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr const char* access_key = "AKIDEXAMPLE";
constexpr const char* secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* shopper_count = "500";
constexpr const char* world_seed = "1";

std::vector<std::string> with_options(std::vector<std::string> command,
                                      const std::vector<std::string>& more) {
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

std::vector<std::string> shoppers_unless_in(const std::vector<std::string>& options) {
  if (std::ranges::find(options, "--shoppers") != options.end()) return {};
  return {"--shoppers", shopper_count};
}

}  // namespace

World::World(const std::vector<std::string>& more)
    : process_({with_options(with_options({program("gatehouse-sim"), "world", "--listen",
                                           "127.0.0.1:0", "--seed", world_seed, "--access-key",
                                           access_key, "--secret-key", secret_key},
                                          shoppers_unless_in(more)),
                             more),
                {},
                std::nullopt,
                {}}),
      port_(child::port_after(process_.wait_line("gatehouse-sim world listening on", 10s), " ")) {}

std::map<std::string, std::string> World::credentials() const {
  return {{"AWS_ACCESS_KEY_ID", access_key}, {"AWS_SECRET_ACCESS_KEY", secret_key}};
}

nlohmann::json World::effects() const {
  return nlohmann::json::parse(get(port_, "/sim/effects").body);
}

World::ShopperKeys World::shopper_keys() const {
  const auto feed = nlohmann::json::parse(
      get(port_, "/shoppers/_changes?feed=normal&include_docs=true&limit=9999&since=0").body);
  ShopperKeys keys;
  for (const auto& row : feed.at("results")) {
    const auto& doc = row.at("doc");
    if (doc.value("type", "") != "shopper" || doc.at("keys").empty()) continue;
    const bool active = doc.value("status", "ACTIVE") == "ACTIVE";
    (active ? keys.active : keys.blocked).push_back(doc.at("keys").at(0));
  }
  return keys;
}

void World::outage(const std::string& target, const std::string& mode,
                   std::chrono::milliseconds duration) const {
  const nlohmann::json request = {
      {"target", target}, {"mode", mode}, {"duration_ms", duration.count()}};
  if (post(port_, "/sim/outage", request.dump()).status != 200) {
    throw std::runtime_error("the world refuses the outage");
  }
}

void World::faults(const nlohmann::json& faults) const {
  if (post(port_, "/sim/faults", faults.dump()).status != 200) {
    throw std::runtime_error("the world refuses the faults");
  }
}

void World::scenario(const std::string& toml) const {
  const auto reply = post(port_, "/sim/scenario", toml);
  if (reply.status != 200) throw std::runtime_error("the world refuses it: " + reply.body);
}

Shop::Shop(const std::string& gate_url, const Trips& trips, const std::filesystem::path& report)
    : process_({with_options({program("gatehouse-sim"), "shop", "--gate", gate_url, "--card-trips",
                              std::to_string(trips.card), "--app-trips", std::to_string(trips.app),
                              "--rate", std::to_string(trips.per_second), "--seed", world_seed,
                              "--first-trip", std::to_string(trips.seed * 100'000), "--shoppers",
                              shopper_count, "--report", report.string()},
                             trips.more),
                {},
                std::nullopt,
                report.string() + ".log"}) {}

bool Shop::finish(std::chrono::milliseconds deadline) {
  return process_.wait_end(deadline) == 0;
}

BoxOptions attached_to(const World& world) {
  BoxOptions options;
  options.feed_url = world.feed_url();
  options.cloud_url = world.url();
  options.payments_url = world.url();
  options.environment = world.credentials();
  return options;
}

std::string audit(const World& world, const std::vector<std::filesystem::path>& reports,
                  std::chrono::seconds deadline, const std::filesystem::path& ledger,
                  const std::string& settlement,
                  const std::vector<std::filesystem::path>& forgotten) {
  std::string line = program("gatehouse-sim") + " audit --world " + world.url() + " --wait-s " +
                     std::to_string(deadline.count()) + " --settlement " + settlement;
  for (const auto& report : reports) line += " --report " + report.string();
  if (!ledger.empty()) line += " --ledger " + ledger.string();
  for (const auto& report : forgotten) line += " --forgotten " + report.string();
  const auto [status, output] = child::run(line);
  return status == 0 ? "" : output;
}

}  // namespace gatehouse::end_to_end
