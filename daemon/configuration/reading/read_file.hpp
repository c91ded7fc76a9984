#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>

namespace gatehouse::configuration {

/// The whole file, where it is a regular one (or a pipe) of at most `max_bytes`. The error says
/// why not, without the file's name and without a byte of it.
[[nodiscard]] std::expected<std::string, std::string> read_file(const std::filesystem::path& file,
                                                                std::size_t max_bytes);

}  // namespace gatehouse::configuration
