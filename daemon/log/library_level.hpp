#pragma once

// Private to this folder: the levels as the logging library calls them.

#include <spdlog/common.h>

#include "daemon/log/log_level.hpp"

namespace gatehouse::log {

[[nodiscard]] inline spdlog::level::level_enum library_level(Level level) {
  switch (level) {
    case Level::trace:
      return spdlog::level::trace;
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      break;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace gatehouse::log
