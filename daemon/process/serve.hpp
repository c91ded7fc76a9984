#pragma once

#include <filesystem>

#include "daemon/configuration/load.hpp"

namespace gatehouse::process {

/// The exit status of a daemon that cannot start or run.
inline constexpr int exit_failed = 1;

/// Opens the daemon (daemon.hpp, whose parts nobody else needs to know), serves until it is told to
/// stop, and gives the exit status.
[[nodiscard]] int serve(const std::filesystem::path& file, configuration::Loaded loaded);

}  // namespace gatehouse::process
