#include "daemon/process/state/stand_in_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace gatehouse::process {
namespace {

/// Of several, if a drop-in names more, the first.
std::filesystem::path folder_in(const std::string& runtime) {
  return std::filesystem::path(runtime.substr(0, runtime.find(':'))) / "stand-in";
}

std::unexpected<Error> cannot_make(const std::string& folder) {
  return failure(Remedy::repair,
                 fmt::format("{} cannot be made: {}", folder, std::strerror(errno)));
}

}  // namespace

Result<std::filesystem::path> make_stand_in_folder(const std::string& runtime) {
  if (!runtime.empty()) {
    delete_old_stand_in(runtime);
    const auto folder = folder_in(runtime);
    // Made by us and by nobody else, or not used.
    if (::mkdir(folder.c_str(), 0700) != 0) return cannot_make(folder.string());
    return folder;
  }
  std::error_code unknown;
  const auto temporary = std::filesystem::temp_directory_path(unknown);
  std::string name = (unknown ? "/tmp" : temporary.string()) + "/gatehouse-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return cannot_make(name);
  return name;
}

void delete_old_stand_in(const std::string& runtime) {
  std::error_code kept;
  if (!runtime.empty()) std::filesystem::remove_all(folder_in(runtime), kept);
}

std::string runtime_directory() {
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  return runtime != nullptr ? runtime : "";
}

}  // namespace gatehouse::process
