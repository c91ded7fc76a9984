#include "daemon/configuration/reading/read_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace gatehouse::configuration {

std::expected<std::string, std::string> read_file(const std::filesystem::path& file,
                                                  std::size_t max_bytes) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) return std::unexpected("is a directory");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return std::unexpected("cannot be read: " + std::generic_category().message(errno));
  }
  std::string content(max_bytes + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (in.bad()) return std::unexpected("cannot be read: input/output error");
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > max_bytes) {
    return std::unexpected("is longer than " + std::to_string(max_bytes) + " bytes");
  }
  return content;
}

}  // namespace gatehouse::configuration
