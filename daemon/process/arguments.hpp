#pragma once

#include <expected>
#include <filesystem>

namespace gatehouse::process {

/// The exit status where arguments or configuration are wrong.
inline constexpr int exit_wrong_input = 2;

/// Of the command line of gatehoused (run.hpp).
struct Arguments {
  std::filesystem::path configuration_file = "/etc/gatehouse/gatehouse.toml";
  bool check_only = false;
  bool schema_only = false;
  std::filesystem::path undelivered_of;  ///< the ledger that --undelivered is about, ''
};

/// The error is an exit status: help or version were printed, or what is wrong with the arguments.
[[nodiscard]] std::expected<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace gatehouse::process
