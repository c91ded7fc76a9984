#pragma once

#include <CLI/App.hpp>

namespace gatehouse::simulator {

/// Each adds a subcommand; when it was chosen, its run writes the program's exit code.
void add_world_command(CLI::App& app, int& exit_code);
void add_shop_command(CLI::App& app, int& exit_code);
void add_audit_command(CLI::App& app, int& exit_code);

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;   ///< it ran, and what it checks for was not so
inline constexpr int exit_misused = 2;  ///< it could not run: an option, a file, an address

}  // namespace gatehouse::simulator
