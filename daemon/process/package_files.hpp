#pragma once

#include <filesystem>

namespace gatehouse::process {

/// What our Debian packages leave on the box for the daemon to read. Absent where it was installed
/// otherwise.
struct PackageFiles {
  std::filesystem::path archive_key = "/usr/share/gatehouse-archive-keyring/expires";
  std::filesystem::path rollback_report = "/var/lib/gatehouse-upgrade/report";
};

}  // namespace gatehouse::process
