#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse::child {

struct Options {
  std::vector<std::string> command;                ///< program and arguments
  std::map<std::string, std::string> environment;  ///< on top of this process's own
  std::optional<int> core;                         ///< pin it to this core
  std::filesystem::path stderr_file;               ///< appended to; '' : inherited
};

/// A real program under test, with a notification socket as systemd would give it. Killed with
/// SIGKILL and reaped when destroyed while it runs. Failures to start or to become ready in time
/// throw std::runtime_error: a test or a bench cannot go on without.
class Child {
 public:
  explicit Child(Options options);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for READY=1 and gives the STATUS= that came with it.
  [[nodiscard]] std::string wait_ready(std::chrono::milliseconds deadline);
  /// Waits for a notification that contains `text`; false: none came in time.
  [[nodiscard]] bool wait_notification(const std::string& text, std::chrono::milliseconds deadline);
  /// Waits for a line on its stdout that begins with `prefix`, and gives the rest of that line.
  [[nodiscard]] std::string wait_line(const std::string& prefix,
                                      std::chrono::milliseconds deadline);
  void signal(int number) const;
  /// Waits for its end: the exit status, or 128 + the signal that ended it, at every call after it
  /// too. nullopt: still running, or killed by kill().
  [[nodiscard]] std::optional<int> wait_end(std::chrono::milliseconds deadline);
  /// SIGKILL, and waits until it is gone.
  void kill();
  /// Memory now, from /proc: "VmRSS" (all that is resident, the kernel's cache of mapped files
  /// among it) or "RssAnon" (the process's own).
  [[nodiscard]] std::size_t memory_bytes(const std::string& kind) const;

 private:
  std::optional<std::string> next_notification(std::chrono::steady_clock::time_point until);

  pid_t pid_ = -1;
  std::optional<int> ended_with_{};
  int stdout_ = -1;
  int notify_ = -1;
  std::string output_;
  std::filesystem::path notify_path_;
};

/// Runs a shell command line to its end: its exit status, and all that it printed.
[[nodiscard]] std::pair<int, std::string> run(const std::string& command_line);

/// One turn of waiting for a condition: gives the processor away for a moment.
void pause();

/// An empty folder under `base`, removed with all it holds.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(
      const std::filesystem::path& base = std::filesystem::temp_directory_path());
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The port at the end of the first "HOST:PORT" after `word` in a status text; 0: none.
[[nodiscard]] unsigned short port_after(const std::string& text, const std::string& word);

}  // namespace gatehouse::child
