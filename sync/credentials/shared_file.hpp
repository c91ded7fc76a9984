#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "sync/credentials/issued.hpp"

namespace gatehouse::sync {

/// The keys of `profile` in the text of a shared credentials file (`[profile]`, then
/// `aws_access_key_id = …` and so on). Our own reader, because an error must name the line, and
/// because what AWS's SDKs accept is no INI dialect that a library has. As botocore reads it: names
/// of keys in any case, = or :, lines that begin with # or ; are comments and nothing else is, a
/// line that is indented further than its key goes on with its value, aws_security_token is the
/// older name of the token, and a key that comes twice is an error. Beyond botocore: [profile x]
/// counts where there is no [x], sections that come twice are one, and what is wrong with the keys
/// of another profile does not matter. The error names file and line, and repeats nothing of it.
/// Pure.
[[nodiscard]] Result<IssuedCredentials> read_shared_credentials(std::string_view text,
                                                                std::string_view profile,
                                                                std::string_view file,
                                                                WallTime now);

/// The same from the file itself, a regular one of at most 1 MiB. Blocks for as long as the disk
/// does: the file must be local.
[[nodiscard]] Result<IssuedCredentials> load_shared_credentials(const std::filesystem::path& file,
                                                                std::string_view profile,
                                                                WallTime now);

/// Tells a file from the same file before it was written or replaced.
struct FileStamp {
  std::int64_t modified_ns = 0;
  std::int64_t size_bytes = -1;  ///< -1: there is no such file
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};
[[nodiscard]] FileStamp stamp_of(const std::filesystem::path& file);

}  // namespace gatehouse::sync
