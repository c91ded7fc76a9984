#pragma once

#include <filesystem>
#include <string>

namespace gatehouse::process {

/// New files of this process are its user's alone, whatever umask it was started with.
void make_files_privately();

/// Takes from the group and from others what they have no business with: every file in the state
/// folder, and the folder itself, which the group may enter and list. Files that an earlier
/// version, or a person, has made are corrected by this. The group of the daemon uses its socket,
/// and reads neither ledger nor keys. Gives what could not be corrected, with the reason; '' :
/// nothing.
[[nodiscard]] std::string make_private(const std::filesystem::path& folder);

}  // namespace gatehouse::process
