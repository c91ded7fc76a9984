#include "sync/credentials/shared_file.hpp"
#include "store/values/result.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

namespace gatehouse::sync {
namespace {

constexpr std::int64_t file_max_bytes = 1024 * 1024;
constexpr std::int64_t ns_per_s = 1'000'000'000;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// "[name]" and "[profile name]", which the SDKs write into their other file.
std::string_view profile_name(std::string_view section) {
  constexpr std::string_view word = "profile ";
  section = trimmed(section);
  return section.starts_with(word) ? trimmed(section.substr(word.size())) : section;
}

struct Profile {
  bool found = false;
  std::size_t line = 0;  ///< of its header
  std::map<std::string, std::string, std::less<>> keys;
};

std::unexpected<Error> at_line(std::string_view file, std::size_t line, std::string_view message) {
  return failure(Remedy::retry, fmt::format("{}:{}: {}", file, line, message));
}

Result<Profile> find_profile(std::string_view text, std::string_view wanted,
                             std::string_view file) {
  Profile profile;
  bool inside = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view raw = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view line = trimmed(raw);
    const bool nested = raw.starts_with(' ') || raw.starts_with('\t');
    if (line.empty() || line.front() == '#' || line.front() == ';' || nested) continue;
    if (line.front() == '[') {
      if (!line.ends_with(']')) return at_line(file, number, "expected [profile]");
      inside = profile_name(line.substr(1, line.size() - 2)) == wanted;
      if (inside && !profile.found) profile.line = number;
      profile.found = profile.found || inside;
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      return at_line(file, number, "expected key = value, or [profile]");
    }
    if (!inside) continue;
    profile.keys.insert_or_assign(std::string(trimmed(line.substr(0, equals))),
                                  std::string(trimmed(line.substr(equals + 1))));
  }
  return profile;
}

std::string value(const Profile& profile, std::string_view key) {
  const auto found = profile.keys.find(key);
  return found == profile.keys.end() ? "" : found->second;
}

}  // namespace

Result<IssuedCredentials> read_shared_credentials(std::string_view text, std::string_view profile,
                                                  std::string_view file, WallTime now) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  auto read = find_profile(text, profile, file);
  if (!read) return propagate(std::move(read));
  if (!read->found) {
    return failure(Remedy::retry,
                   fmt::format("{}: there is no [{}] in it: add it, or set aws.profile to one of "
                               "its profiles",
                               file, profile));
  }
  IssuedCredentials issued{
      {value(*read, "aws_access_key_id"), value(*read, "aws_secret_access_key"),
       value(*read, "aws_session_token")},
      {}};
  if (issued.keys.access_key_id.empty() || issued.keys.secret_access_key.empty()) {
    return at_line(file, read->line,
                   "the profile needs aws_access_key_id and aws_secret_access_key; a program or a "
                   "role to assume is configured in [aws] of gatehouse.toml");
  }
  auto right = checked(std::move(issued), now);
  if (!right) return propagate(std::move(right), fmt::format("{}:{}", file, read->line));
  return right;
}

Result<IssuedCredentials> load_shared_credentials(const std::filesystem::path& file,
                                                  std::string_view profile, WallTime now) {
  const auto cannot = [&file](std::string_view why) {
    return failure(Remedy::retry, fmt::format("{}: cannot be read: {}", file.native(), why));
  };
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) {
    return cannot(failed ? failed.message() : "it is not a regular file");
  }
  if (stamp_of(file).size_bytes > file_max_bytes) return cannot("it is longer than 1 MiB");
  std::ifstream in(file, std::ios::binary);
  if (!in) return cannot(std::strerror(errno));
  std::string text(static_cast<std::size_t>(file_max_bytes) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return cannot("the disk failed");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (std::cmp_greater(text.size(), file_max_bytes)) return cannot("it is longer than 1 MiB");
  return read_shared_credentials(text, profile, file.native(), now);
}

FileStamp stamp_of(const std::filesystem::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec * ns_per_s + found.st_mtim.tv_nsec, found.st_size, found.st_ino};
}

}  // namespace gatehouse::sync
