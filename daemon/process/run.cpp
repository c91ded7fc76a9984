#include "daemon/process/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "daemon/configuration/load.hpp"
#include "daemon/log/log.hpp"
#include "daemon/log/log_thread.hpp"
#include "daemon/process/daemon.hpp"
#include "daemon/process/notify.hpp"
#include "store/cache/cache.hpp"
#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/values/version.hpp"

namespace gatehouse::process {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_wrong_input = 2;

int check(
    const std::expected<configuration::Loaded, std::vector<configuration::ConfigError>>& loaded) {
  if (!loaded) {
    for (const auto& error : loaded.error()) {
      fmt::print(stderr, "{}\n", configuration::to_text(error));
    }
    return exit_wrong_input;
  }
  for (const auto& warning : loaded->warnings) {
    fmt::print(stderr, "warning: {}: {}\n", warning.key, warning.message);
  }
  fmt::print("the configuration is good: {} file(s) read\n", loaded->files.size());
  return 0;
}

// For packaging, which asks without a configuration: so it comes before everything else.
int print_schema() {
  fmt::print("ledger {}\ncache {}\n", store::Ledger::newest_schema(),
             store::CacheWriter::newest_schema());
  return 0;
}

// For who removes the package: so the configuration, which may want secrets, is not asked.
int print_undelivered(const std::filesystem::path& ledger_file) {
  std::error_code unknown;
  if (!std::filesystem::exists(ledger_file, unknown) && !unknown) {
    fmt::print("0\n");
    return 0;
  }
  auto ledger = store::LedgerReader::open(ledger_file);
  if (!ledger) {
    fmt::print(stderr, "{}\n", ledger.error().message);
    return exit_failed;
  }
  const auto counts = ledger->counts();
  if (!counts) {
    fmt::print(stderr, "{}: {}\n", ledger_file.string(), counts.error().message);
    return exit_failed;
  }
  fmt::print("{}\n", counts->pending + counts->set_aside + counts->settlement_open + counts->held);
  return 0;
}

int serve(const std::filesystem::path& file, configuration::Loaded loaded) {
  auto daemon = Daemon::open(file, std::move(loaded), take_passed_sockets());
  if (!daemon) {
    log::error("cannot start: {}", daemon.error().message);
    return exit_failed;
  }
  return (*daemon)->run();
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Gatehouse, the in-store edge appliance", "gatehoused"};
  std::filesystem::path file = "/etc/gatehouse/gatehouse.toml";
  bool check_only = false;
  bool schema_only = false;
  std::filesystem::path ledger_file;
  app.add_option("--config", file, "Configuration file; conf.d/*.toml beside it is read after it")
      ->capture_default_str();
  app.add_flag("--check", check_only, "Check the configuration, say what is wrong, and exit");
  app.add_flag("--schema", schema_only,
               "Print the highest schema of ledger and cache that this version knows, and exit");
  app.add_option("--undelivered", ledger_file,
                 "Print how much of this ledger is not delivered or settled yet, and exit");
  app.set_version_flag("--version", std::string("gatehoused ") + std::string(program_version));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_wrong_input;
  }
  if (schema_only) return print_schema();
  if (!ledger_file.empty()) return print_undelivered(ledger_file);

  auto loaded = configuration::load(file, configuration::process_environment());
  if (check_only) return check(loaded);
  const LogThread log;
  if (!loaded) {
    for (const auto& error : loaded.error()) log::error("{}", configuration::to_text(error));
    return exit_wrong_input;
  }
  return serve(file, std::move(*loaded));
}

}  // namespace gatehouse::process
