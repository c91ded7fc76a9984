#include "daemon/log/log.hpp"

#include <spdlog/spdlog.h>

#include "daemon/log/library_level.hpp"

namespace gatehouse::log {
void write(Level level, fmt::string_view format, fmt::format_args arguments) {
  if (is_on(level)) spdlog::log(library_level(level), fmt::vformat(format, arguments));
}

bool is_on(Level level) {
  return spdlog::should_log(library_level(level));
}

}  // namespace gatehouse::log
