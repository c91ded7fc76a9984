#pragma once

#include <filesystem>
#include <string>

namespace gatehouse::process {

/// New files of this process are its user's alone, whatever umask it was started with.
void make_files_privately();

/// Takes from the group and from others what they have no business with: to read or write our files
/// in the state folder, and to write into the folder itself, unless it is one like /tmp. Files that
/// an earlier version, or a person, has made are corrected by this; what is called otherwise, or is
/// another user's, stays as it is. The group of the daemon uses its socket, and reads neither
/// ledger nor keys. Gives what could not be corrected, with the reason; '' : nothing.
[[nodiscard]] std::string make_private(const std::filesystem::path& folder);

}  // namespace gatehouse::process
