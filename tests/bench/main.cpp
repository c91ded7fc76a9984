// What Gatehouse costs, beside what the machine charges anybody in the same minute: see
// scripts/bench. The server runs on core 0, this program, the load, on core 1.
// gatehouse_bench GATEHOUSED FLOOR_SERVER LEDGER_FLOOR [SHOPPERS] [SECONDS]
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <numeric>

#include "store/cache/cache.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/traffic.hpp"
#include "tests/child/child.hpp"

namespace {

using namespace gatehouse;             // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using std::chrono::steady_clock;

constexpr int server_core = 0;
constexpr int load_core = 1;
constexpr std::size_t scan_connections = 16;
constexpr std::size_t cart_connections = 64;
constexpr std::size_t cart_count = 20'000;
constexpr int rounds_each = 3;

struct Programs {
  std::string gatehoused;
  std::string floor_server;
  std::string ledger_floor;
};

template <class T>
T median(std::vector<T> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void fill_cache(const std::filesystem::path& state, std::size_t shoppers) {
  auto key = store::HashKey::load({}, state / "hash.key");
  if (!key) throw std::runtime_error(key.error().message);
  store::CacheVersion version{0};
  auto cache = store::CacheWriter::open(state / "cache.db", *key, version);
  if (!cache) throw std::runtime_error(cache.error().message);
  constexpr std::size_t batch_size = 10'000;
  const auto start = steady_clock::now();
  for (std::size_t begin = 0; begin < shoppers; begin += batch_size) {
    std::vector<store::ShopperChange> changes;
    for (std::size_t i = begin; i < std::min(begin + batch_size, shoppers); ++i) {
      store::ShopperPut put;
      put.document_id = fmt::format("shopper:{}", i);
      put.shopper_id = fmt::format("S-{}", i);
      put.keys = {bench::shopper_key(i)};
      changes.emplace_back(std::move(put));
    }
    const auto applied = cache->apply(changes, {std::to_string(begin), true, WallTime{}});
    if (!applied) throw std::runtime_error(applied.error().message);
  }
  const std::chrono::duration<double> took = steady_clock::now() - start;
  fmt::print("cache filled: {} shoppers, {:.0f} rows/s\n", shoppers,
             static_cast<double>(shoppers) / took.count());
}

void write_configuration(const std::filesystem::path& folder) {
  std::ofstream(folder / "gatehouse.toml")
      << "[store]\nid = \"STORE-001\"\nstate_dir = \"" << (folder / "state").string() << "\"\n"
      << "[gate]\nlisten = \"127.0.0.1:0\"\nstale_after = \"0s\"\n"
      << "[local]\nlisten = \"127.0.0.1:0\"\ncontrol_socket = \""
      << (folder / "control.sock").string() << "\"\n"
      << "[feed]\nurl = \"\"\n[cloud]\nurl = \"\"\n";
}

child::Child start_gatehoused(const Programs& programs, const std::filesystem::path& folder) {
  return child::Child({{programs.gatehoused, "--config", (folder / "gatehouse.toml").string()},
                       {},
                       server_core,
                       folder / "gatehoused.log"});
}

void print_row(const char* name, const std::vector<bench::LoadResult>& rounds, double floor) {
  std::vector<double> rates;
  std::vector<std::uint32_t> p50;
  std::vector<std::uint32_t> p99;
  std::vector<std::uint32_t> p999;
  std::uint64_t unexpected = 0;
  for (const bench::LoadResult& round : rounds) {
    rates.push_back(round.per_second());
    p50.push_back(round.percentile_us(0.5));
    p99.push_back(round.percentile_us(0.99));
    p999.push_back(round.percentile_us(0.999));
    unexpected += round.unexpected;
  }
  fmt::print("{:<34} {:>9.0f}/s  p50 {:>5} us  p99 {:>6} us  p99.9 {:>6} us  ratio {:.2f}{}\n",
             name, median(rates), median(p50), median(p99), median(p999), median(rates) / floor,
             unexpected == 0 ? "" : fmt::format("  ({} UNEXPECTED ANSWERS)", unexpected));
}

double median_rate(const std::vector<bench::LoadResult>& rounds) {
  std::vector<double> rates;
  for (const auto& round : rounds) rates.push_back(round.per_second());
  return median(rates);
}

void measure_scans(const Programs& programs, const std::filesystem::path& folder,
                   std::size_t shoppers, std::chrono::seconds length) {
  child::Child floor({{programs.floor_server}, {}, server_core, {}});
  const auto floor_port =
      static_cast<unsigned short>(std::stoul(floor.wait_line("listening on ", 5s)));
  const auto started_at = steady_clock::now();
  child::Child gatehoused = start_gatehoused(programs, folder);
  const std::string status = gatehoused.wait_ready(30s);
  const auto ready_ms = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_at);
  const unsigned short port = child::port_after(status, "gate");

  const auto requests = bench::scan_requests(100'000, shoppers);
  std::vector<bench::LoadResult> floor_rounds;
  std::vector<bench::LoadResult> scan_rounds;
  (void)bench::run_load(port, requests, scan_connections, 500ms, 200);  // warm the page cache
  for (int round = 0; round < rounds_each; ++round) {
    floor_rounds.push_back(bench::run_load(floor_port, requests, scan_connections, length, 200));
    scan_rounds.push_back(bench::run_load(port, requests, scan_connections, length, 200));
  }
  print_row("floor: bare Beast, fixed answer", floor_rounds, median_rate(floor_rounds));
  print_row("scans", scan_rounds, median_rate(floor_rounds));
  fmt::print("{:<34} {:>9} ms\n", "start to READY", ready_ms.count());
  fmt::print("{:<34} {:>9.1f} MB, of it {:.1f} MB its own, the rest mapped pages of cache.db\n",
             "resident memory after the scans",
             static_cast<double>(gatehoused.memory_bytes("VmRSS")) / 1e6,
             static_cast<double>(gatehoused.memory_bytes("RssAnon")) / 1e6);
}

void measure_carts(const Programs& programs, const std::filesystem::path& folder) {
  std::vector<double> floor_rates;
  std::vector<bench::LoadResult> cart_rounds;
  child::Child gatehoused = start_gatehoused(programs, folder);
  const unsigned short port = child::port_after(gatehoused.wait_ready(30s), "gate");
  for (int round = 0; round < rounds_each; ++round) {
    const child::TemporaryFolder floor_folder;
    child::Child floor({{programs.ledger_floor, floor_folder.path().string(),
                         std::to_string(cart_count), std::to_string(cart_connections)},
                        {},
                        server_core,
                        {}});
    floor_rates.push_back(std::stod(floor.wait_line("rows per second: ", 120s)));
    std::vector<std::string> requests;
    for (const std::string& cart : bench::carts(cart_count, fmt::format("round{}", round))) {
      requests.push_back(bench::post("/v1/order/purchases", cart));
    }
    cart_rounds.push_back(bench::run_load(port, requests, cart_connections, 0s, 201, true));
  }
  fmt::print("{:<34} {:>9.0f}/s\n", "floor: group commit in process", median(floor_rates));
  print_row("carts acknowledged", cart_rounds, median(floor_rates));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const Programs programs{argv[1], argv[2], argv[3]};
  const std::size_t shoppers = argc > 4 ? std::stoul(argv[4]) : 1'000'000;
  const std::chrono::seconds length{argc > 5 ? std::atol(argv[5]) : 4};
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(load_core, &set);
  (void)::sched_setaffinity(0, sizeof set, &set);

  const child::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "state");
  write_configuration(folder.path());
  fill_cache(folder.path() / "state", shoppers);
  measure_scans(programs, folder.path(), shoppers, length);
  measure_carts(programs, folder.path());
}
