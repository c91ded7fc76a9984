#pragma once

#include <filesystem>
#include <string>

namespace gatehouse::process {

/// The mount point at or above `folder` that `fstab` (of the form of /etc/fstab) gives a disk which
/// is not there now; '' where none is missing. What stands in its place is an empty folder, which
/// looks like that of a new box. Says nothing of a bind mount, which may be of the same disk, nor
/// of disks that are mounted by other means. A table that cannot be read, or a line of it that is
/// none, names no disk.
[[nodiscard]] std::string missing_disk(const std::filesystem::path& folder,
                                       const std::filesystem::path& fstab);

}  // namespace gatehouse::process
