#include <CLI/CLI.hpp>

#include "tests/simulator/commands/commands.hpp"

int main(int argc, char** argv) {
  using namespace gatehouse::simulator;
  CLI::App app{
      "The world around a Gatehouse: what it talks to, who talks to it, and who checks it"};
  app.require_subcommand(1);
  int exit_code = exit_misused;
  add_world_command(app, exit_code);
  add_shop_command(app, exit_code);
  add_audit_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_misused;
  }
  return exit_code;
}
