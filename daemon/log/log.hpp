#pragma once

#include <fmt/core.h>

#include "daemon/log/log_level.hpp"

namespace gatehouse::log {

/// One line to the log, at a level of log_level.hpp. Thread-safe; waits for nobody
/// (log_thread.hpp). Never a key, a token, an e-mail, a card's digits or a payload.
/// A plain function behind a thin template: the logging library is compiled in one place.
void write(Level level, fmt::string_view format, fmt::format_args arguments);
/// Whether a line of this level goes anywhere, for who would work to make one.
[[nodiscard]] bool is_on(Level level);

template <class... Arguments>
void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  write(Level::error, format, fmt::make_format_args(arguments...));
}
template <class... Arguments>
void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  write(Level::warn, format, fmt::make_format_args(arguments...));
}
template <class... Arguments>
void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  write(Level::info, format, fmt::make_format_args(arguments...));
}

}  // namespace gatehouse::log
