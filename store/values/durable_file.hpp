#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "store/values/result.hpp"

namespace gatehouse {

/// The whole file, or all that comes out of a pipe: up to `size_max` bytes. The error says why not,
/// to be read behind a name ("cannot be read: …", "is longer than 10 bytes"), without the file's
/// name and without a byte of it.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file,
                                            std::size_t size_max);

/// Makes `file` with these bytes and this mode, under its final name only once it is whole and on
/// disk: written beside it, fsync'd, renamed, and the folder fsync'd.
[[nodiscard]] Result<> write_durably(const std::filesystem::path& file, std::string_view bytes,
                                     unsigned mode);

/// A new file is there after a power cut only once its folder was written too.
[[nodiscard]] Result<> sync_folder(const std::filesystem::path& folder);

}  // namespace gatehouse
