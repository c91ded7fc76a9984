#include "daemon/log/log_thread.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/log/library_level.hpp"

namespace gatehouse::log {
namespace {

/// Some minutes of the call log at its limit, and a megabyte or two.
constexpr std::size_t queue_lines = 8192;

/// The syslog priority of a line, as "%*" in the pattern.
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string_view prefix = prefix_of(message.level);
    out.append(prefix.data(), prefix.data() + prefix.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }

 private:
  static std::string_view prefix_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::critical:
        return "<2>";
      case spdlog::level::err:
        return "<3>";
      case spdlog::level::warn:
        return "<4>";
      case spdlog::level::info:
        return "<6>";
      default:
        return "<7>";
    }
  }
};

/// systemd.exec(5): JOURNAL_STREAM names device and inode of the stream it connected.
bool stderr_is_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat file{};
  if (stream == nullptr || fstat(STDERR_FILENO, &file) != 0) return false;
  return stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

// Whether it names a level is told with the other findings about the configuration.
spdlog::level::level_enum level_of_environment() {
  const char* text = std::getenv(level_variable.data());
  const auto named = read_level(text == nullptr ? "" : text);
  return library_level(named.value_or(default_level));
}

}  // namespace

LogThread::LogThread() {
  spdlog::init_thread_pool(queue_lines, 1);
  auto logger = std::make_shared<spdlog::async_logger>(
      "gatehouse", std::make_shared<spdlog::sinks::stderr_sink_mt>(), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PriorityFlag>('*');
  formatter->set_pattern(stderr_is_the_journal() ? "%*%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(level_of_environment());
  spdlog::set_default_logger(std::move(logger));
}

LogThread::~LogThread() {
  // The logger goes after its thread. Otherwise only a count within spdlog says that the thread is
  // done with it, which the thread sanitizer cannot see.
  const auto logger = spdlog::default_logger();
  spdlog::shutdown();
}

}  // namespace gatehouse::log
