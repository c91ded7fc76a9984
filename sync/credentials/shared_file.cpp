#include "sync/credentials/shared_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>

#include "store/values/durable_file.hpp"
#include "store/values/result.hpp"
#include "store/values/text/ascii.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t file_max_bytes = 1024 * 1024;
constexpr std::int64_t ns_per_s = 1'000'000'000;

constexpr std::array<std::string_view, 4> read_keys{"aws_access_key_id", "aws_secret_access_key",
                                                    "aws_session_token", "aws_security_token"};

struct Profile {
  bool found = false;
  std::size_t line = 0;     ///< of its header
  std::size_t doubled = 0;  ///< the line where a key of read_keys comes again; 0: none does
  std::map<std::string, std::string, std::less<>> keys;
};

std::unexpected<Error> at_line(std::string_view file, std::size_t line, std::string_view message) {
  return failure(Remedy::retry, fmt::format("{}:{}: {}", file, line, message));
}

/// Reads a file line by line, as Python's configparser does for botocore.
class ProfileReader {
 public:
  explicit ProfileReader(std::string_view wanted) : wanted_(wanted) {}

  /// '' on success, else what was expected.
  std::string_view take(std::string_view raw, std::size_t number) {
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') return "";
    const std::size_t indent = raw.find_first_not_of(" \t");
    if (has_key_ && indent > indent_) return continue_value(line);
    indent_ = indent;
    if (line.front() == '[') return begin_section(line, number);
    return take_key(line, number);
  }

  /// [wanted] where there is one, else [profile wanted], which is how the SDKs write it into their
  /// other file.
  [[nodiscard]] Profile result() && {
    return exact_.found ? std::move(exact_) : std::move(prefixed_);
  }

 private:
  std::string_view begin_section(std::string_view line, std::size_t number) {
    constexpr std::string_view word = "profile ";
    const auto end = line.rfind(']');
    if (end == std::string_view::npos) return "expected [profile]";
    const std::string_view name = trimmed(line.substr(1, end - 1));
    inside_ = nullptr;
    if (name == wanted_) inside_ = &exact_;
    if (name.starts_with(word) && trimmed(name.substr(word.size())) == wanted_)
      inside_ = &prefixed_;
    if (inside_ != nullptr && !inside_->found) inside_->line = number;
    if (inside_ != nullptr) inside_->found = true;
    has_key_ = false;
    return "";
  }
  std::string_view take_key(std::string_view line, std::size_t number) {
    const auto delimiter = line.find_first_of("=:");
    if (delimiter == std::string_view::npos) return "expected key = value, or [profile]";
    has_key_ = true;
    key_ = lower_case(trimmed(line.substr(0, delimiter)));
    if (inside_ == nullptr) return "";
    const bool is_read = std::ranges::find(read_keys, key_) != read_keys.end();
    if (is_read && inside_->keys.contains(key_)) inside_->doubled = number;
    inside_->keys.insert_or_assign(key_, std::string(trimmed(line.substr(delimiter + 1))));
    return "";
  }
  std::string_view continue_value(std::string_view line) {
    if (inside_ != nullptr) inside_->keys[key_].append("\n").append(line);
    return "";
  }

  std::string_view wanted_;
  Profile exact_;
  Profile prefixed_;
  Profile* inside_ = nullptr;
  bool has_key_ = false;
  std::string key_;
  std::size_t indent_ = 0;
};

Result<Profile> find_profile(std::string_view text, std::string_view wanted,
                             std::string_view file) {
  ProfileReader reader(wanted);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto wrong = reader.take(text.substr(0, end), number);
    if (!wrong.empty()) return at_line(file, number, wrong);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  Profile profile = std::move(reader).result();
  if (profile.doubled != 0) {
    return at_line(file, profile.doubled, "a key of the profile comes twice: keep one of them");
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
       value(*read, "aws_security_token")},
      {}};
  if (issued.keys.session_token.empty()) {
    issued.keys.session_token = value(*read, "aws_session_token");
  }
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
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) {
    return failure(Remedy::retry,
                   fmt::format("{}: cannot be read: {}", file.native(),
                               failed ? failed.message() : "it is not a regular file"));
  }
  const auto text = read_file(file, file_max_bytes);
  if (!text) {
    return failure(Remedy::retry, fmt::format("{}: {}", file.native(), text.error().message));
  }
  return read_shared_credentials(*text, profile, file.native(), now);
}

FileStamp stamp_of(const std::filesystem::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec * ns_per_s + found.st_mtim.tv_nsec, found.st_size, found.st_ino};
}

}  // namespace gatehouse::sync
