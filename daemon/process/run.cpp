#include "daemon/process/run.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "daemon/configuration/load.hpp"
#include "daemon/log/log.hpp"
#include "daemon/log/log_thread.hpp"
#include "daemon/process/arguments.hpp"
#include "daemon/process/serve.hpp"
#include "store/cache/cache.hpp"
#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_reader.hpp"

namespace gatehouse::process {
namespace {

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
  fmt::print("configuration OK: {} file(s) read\n", loaded->files.size());
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

}  // namespace

int run(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) return arguments.error();
  if (arguments->schema_only) return print_schema();
  if (!arguments->undelivered_of.empty()) return print_undelivered(arguments->undelivered_of);

  auto loaded =
      configuration::load(arguments->configuration_file, configuration::process_environment());
  if (arguments->check_only) return check(loaded);
  const log::LogThread log;
  if (!loaded) {
    for (const auto& error : loaded.error()) log::error("{}", configuration::to_text(error));
    return exit_wrong_input;
  }
  return serve(arguments->configuration_file, std::move(*loaded));
}

}  // namespace gatehouse::process
