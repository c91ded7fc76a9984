#pragma once

#include <filesystem>
#include <string>

#include "store/values/result.hpp"

namespace gatehouse::process {

/// Makes the folder of a cache that stands in for cache.db, empty and with mode 0700. In `runtime`,
/// the value of RUNTIME_DIRECTORY, which is in memory and which systemd keeps from other users;
/// without that value ('') in the folder for temporary files, under a name that nobody can guess.
[[nodiscard]] Result<std::filesystem::path> make_stand_in_folder(const std::string& runtime);

/// Deletes what an earlier run has left in `runtime`: it takes memory.
void delete_old_stand_in(const std::string& runtime);

/// The environment's RUNTIME_DIRECTORY, '' where there is none.
[[nodiscard]] std::string runtime_directory();

}  // namespace gatehouse::process
