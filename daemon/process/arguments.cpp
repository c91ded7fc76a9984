#include "daemon/process/arguments.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "store/values/version.hpp"

namespace gatehouse::process {

std::expected<Arguments, int> parse_arguments(int argc, const char* const* argv) {
  CLI::App app{"Gatehouse, an in-store edge appliance for Just Walk Out stores", "gatehoused"};
  Arguments into;
  app.add_option("--config", into.configuration_file,
                 "Main configuration file; conf.d/*.toml beside it are read after it")
      ->capture_default_str();
  app.add_flag("--check", into.check_only,
               "Check the configuration, print errors and warnings, and exit");
  app.add_flag(
      "--schema", into.schema_only,
      "Print the highest schemas of ledger and cache that this version can read, and exit");
  app.add_option(
      "--undelivered", into.undelivered_of,
      "Print the number of records in this ledger that are not delivered or settled yet, and exit");
  app.set_version_flag("--version", std::string("gatehoused ") + program_version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error) == 0 ? 0 : exit_wrong_input);
  }
  return into;
}

}  // namespace gatehouse::process
