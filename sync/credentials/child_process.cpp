#include "sync/credentials/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

// glibc 2.36 forgot that C++ includes it, too.
extern "C" {
#include <sys/pidfd.h>
}

namespace gatehouse::sync {
namespace {

class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { close(); }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// What posix_spawn is told; freed with it.
class SpawnSetup {
 public:
  explicit SpawnSetup(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // Not every library opens its files with close-on-exec.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  int spawn(pid_t& pid, const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    return posix_spawn(&pid, arguments.front(), &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A running child; killed with its group and reaped when it has not ended by itself.
/// No wait status of a success: exited with 255.
constexpr int status_unknown = 255 << 8;

class Running {
 public:
  explicit Running(pid_t pid) : pid_(pid), ended_(pidfd_open(pid, 0)) {}
  ~Running() {
    if (!reaped_) reap();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] int ended_fd() const { return ended_.get(); }
  /// Its wait status, or status_unknown where somebody else took it. Ends it first, with all that
  /// it started in its group.
  int reap() {
    int status = 0;
    ::kill(-pid_, SIGKILL);  // while it is not reaped, nobody else can have its number
    pid_t ended = 0;
    do ended = ::waitpid(pid_, &status, 0);
    while (ended < 0 && errno == EINTR);
    reaped_ = true;
    return ended == pid_ ? status : status_unknown;
  }

 private:
  pid_t pid_;
  OwnedFd ended_;
  bool reaped_ = false;
};

enum class Read { more, end, too_much };

/// Reads what is there without waiting.
Read drain(int fd, std::string& output, std::size_t max_bytes) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN ? Read::more : Read::end;
    if (got == 0) return Read::end;
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > max_bytes) return Read::too_much;
  }
}

std::string ending(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("exited with status {}; run it by hand as the daemon's user to see why",
                     WEXITSTATUS(status));
}

Result<std::string> collect(Running& child, int output_fd, const ProcessLimits& limits,
                            int stop_fd) {
  const auto deadline = std::chrono::steady_clock::now() + limits.deadline;
  std::string output;
  bool open = true;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return failure(Remedy::retry, fmt::format("was killed: it did not end within {} ms",
                                                limits.deadline.count()));
    }
    std::array<pollfd, 3> waiting{
        {{child.ended_fd(), POLLIN, 0}, {stop_fd, POLLIN, 0}, {open ? output_fd : -1, POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), static_cast<int>(std::min(left.count(), 60'000L)));
    if (waiting[1].revents != 0) return failure(Remedy::retry, "was killed: the daemon stops");
    const auto read = open ? drain(output_fd, output, limits.output_max_bytes) : Read::end;
    if (read == Read::too_much) {
      return failure(Remedy::retry, fmt::format("was killed: it printed more than {} bytes",
                                                limits.output_max_bytes));
    }
    open = read == Read::more;
    if (waiting[0].revents == 0) continue;
    const int status = child.reap();
    if (status != 0) return failure(Remedy::retry, ending(status));
    return output;
  }
}

}  // namespace

Result<std::string> run_process(const std::vector<std::string>& command,
                                const ProcessLimits& limits, int stop_fd) {
  if (command.empty() || !command.front().starts_with('/')) {
    return failure(Remedy::repair, "needs the absolute path of a program");
  }
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return failure(Remedy::retry, fmt::format("cannot be started: {}", std::strerror(errno)));
  }
  const OwnedFd ours(pipe[0]);
  OwnedFd theirs(pipe[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  pid_t pid = -1;
  const int error = SpawnSetup(theirs.get()).spawn(pid, command);
  theirs.close();
  if (error != 0) {
    return failure(Remedy::retry, fmt::format("cannot be started: {}", std::strerror(error)));
  }
  Running child(pid);
  if (child.ended_fd() < 0) {
    return failure(Remedy::retry, fmt::format("cannot be watched: {}", std::strerror(errno)));
  }
  return collect(child, ours.get(), limits, stop_fd);
}

}  // namespace gatehouse::sync
