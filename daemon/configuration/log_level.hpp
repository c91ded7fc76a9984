#pragma once

#include <optional>
#include <string_view>

namespace gatehouse::configuration {

/// How much is logged, the most first (daemon/process/log.hpp).
enum class LogLevel { trace, debug, info, warn, error };

/// The variable that names it. Not a key: the log must work before there is a configuration.
inline constexpr std::string_view log_level_variable = "GATEHOUSE_LOG_LEVEL";

/// What applies where nothing is said, and where what is said names no level: a log that a slip of
/// the pen can silence is missing when it is needed.
inline constexpr LogLevel default_log_level = LogLevel::info;

/// trace, debug, info, warn (or warning) and error (or err), in any case. nullopt: no level; there
/// is none that silences the log.
[[nodiscard]] std::optional<LogLevel> read_log_level(std::string_view text);

}  // namespace gatehouse::configuration
