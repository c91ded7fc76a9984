#pragma once

#include <optional>
#include <string_view>

namespace gatehouse::log {

/// How much is logged, the most first (daemon/log/log_thread.hpp).
enum class Level { trace, debug, info, warn, error };

/// The variable that names it. Not a key: the log must work before there is a configuration.
inline constexpr std::string_view level_variable = "GATEHOUSE_LOG_LEVEL";

/// What applies where nothing is said, and where what is said names no level: a log that a slip of
/// the pen can silence is missing when it is needed.
inline constexpr Level default_level = Level::info;

/// trace, debug, info, warn (or warning) and error (or err), in any case. nullopt: no level; there
/// is none that silences the log.
[[nodiscard]] std::optional<Level> read_level(std::string_view text);

}  // namespace gatehouse::log
