#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "daemon/configuration/model/configuration.hpp"

namespace gatehouse::configuration {

/// A whole number with its unit and nothing else: "300ms", "10s", "5m", "24h", "7d". The error says
/// what is expected.
[[nodiscard]] std::expected<milliseconds, std::string> parse_duration(std::string_view text);
/// In the largest unit that leaves a whole number; days from "2d" on.
[[nodiscard]] std::string format_duration(milliseconds duration);

/// "512B", "64KiB", "1MiB", "2GiB": powers of 1024 alone, so that nobody has to guess.
[[nodiscard]] std::expected<ByteCount, std::string> parse_size(std::string_view text);
[[nodiscard]] std::string format_size(ByteCount size);

}  // namespace gatehouse::configuration
