#include "daemon/log/log.hpp"

#include <spdlog/spdlog.h>

namespace gatehouse::log {
namespace {

spdlog::level::level_enum of_library(Level level) {
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

}  // namespace

void write(Level level, fmt::string_view format, fmt::format_args arguments) {
  if (is_on(level)) spdlog::log(of_library(level), fmt::vformat(format, arguments));
}

bool is_on(Level level) {
  return spdlog::should_log(of_library(level));
}

}  // namespace gatehouse::log
