#include "daemon/process/arguments.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "store/values/version.hpp"

namespace gatehouse::process {

std::expected<Arguments, int> parse_arguments(int argc, const char* const* argv) {
  CLI::App app{"Gatehouse, the in-store edge appliance", "gatehoused"};
  Arguments into;
  app.add_option("--config", into.configuration_file,
                 "Configuration file; conf.d/*.toml beside it is read after it")
      ->capture_default_str();
  app.add_flag("--check", into.check_only, "Check the configuration, say what is wrong, and exit");
  app.add_flag("--schema", into.schema_only,
               "Print the highest schema of ledger and cache that this version knows, and exit");
  app.add_option("--undelivered", into.undelivered_of,
                 "Print how much of this ledger is not delivered or settled yet, and exit");
  app.set_version_flag("--version", std::string("gatehoused ") + program_version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error) == 0 ? 0 : exit_wrong_input);
  }
  return into;
}

}  // namespace gatehouse::process
