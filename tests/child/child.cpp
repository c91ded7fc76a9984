#include "tests/child/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace gatehouse::child {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int open_notify_socket(const std::filesystem::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    give_up("notification socket " + path.string());
  }
  return fd;
}

void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(core), &set);
  (void)::sched_setaffinity(0, sizeof set, &set);
}

[[noreturn]] void become(const Options& options, int stdout_fd, const std::string& notify_path) {
  ::dup2(stdout_fd, STDOUT_FILENO);
  if (!options.stderr_file.empty()) {
    const int log = ::open(options.stderr_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDERR_FILENO);
  }
  if (options.core) pin_to(*options.core);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that was killed itself
  for (const auto& [name, value] : options.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  ::setenv("NOTIFY_SOCKET", notify_path.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : options.command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

/// Waits until `fd` can be read or the time is over.
bool readable(int fd, steady_clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd poller{fd, POLLIN, 0};
  return ::poll(&poller, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

Child::Child(Options options) {
  static int number = 0;
  notify_path_ = std::filesystem::temp_directory_path() /
                 ("notify-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
  notify_ = open_notify_socket(notify_path_);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe");
  pid_ = ::fork();
  if (pid_ < 0) give_up("fork");
  if (pid_ == 0) become(options, ends[1], notify_path_.string());
  ::close(ends[1]);
  stdout_ = ends[0];
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      ended_with_(other.ended_with_),
      stdout_(std::exchange(other.stdout_, -1)),
      notify_(std::exchange(other.notify_, -1)),
      output_(std::move(other.output_)),
      notify_path_(std::exchange(other.notify_path_, {})) {}

Child::~Child() {
  kill();
  if (stdout_ >= 0) ::close(stdout_);
  if (notify_ >= 0) ::close(notify_);
  std::error_code ignored;
  if (!notify_path_.empty()) std::filesystem::remove(notify_path_, ignored);
}

std::optional<std::string> Child::next_notification(steady_clock::time_point until) {
  if (!readable(notify_, until)) return std::nullopt;
  char message[4096];
  const ssize_t size = ::recv(notify_, message, sizeof message, 0);
  return std::string(message, size > 0 ? static_cast<std::size_t>(size) : 0);
}

std::string Child::wait_ready(milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (const auto text = next_notification(until)) {
    if (text->find("READY=1") == std::string::npos) continue;
    const std::size_t at = text->find("STATUS=");
    if (at == std::string::npos) return "";
    return text->substr(at + 7, text->find('\n', at) - at - 7);
  }
  throw std::runtime_error("the program was not ready in time");
}

bool Child::wait_notification(const std::string& wanted, milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (const auto text = next_notification(until)) {
    if (text->find(wanted) != std::string::npos) return true;
  }
  return false;
}

std::string Child::wait_line(const std::string& prefix, milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    for (std::size_t end; (end = output_.find('\n')) != std::string::npos;) {
      const std::string line = output_.substr(0, end);
      output_.erase(0, end + 1);
      if (line.starts_with(prefix)) return line.substr(prefix.size());
    }
    if (!readable(stdout_, until)) break;
    char bytes[4096];
    const ssize_t size = ::read(stdout_, bytes, sizeof bytes);
    if (size <= 0) break;
    output_.append(bytes, static_cast<std::size_t>(size));
  }
  throw std::runtime_error("no line \"" + prefix + "…\" came in time");
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

std::optional<int> Child::wait_end(milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (pid_ > 0) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      ended_with_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    if (steady_clock::now() >= until) return std::nullopt;
    pause();
  }
  return ended_with_;
}

void Child::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::size_t Child::memory_bytes(const std::string& kind) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kind + ":")) return std::stoul(line.substr(kind.size() + 1)) * 1024;
  }
  return 0;
}

std::pair<int, std::string> run(const std::string& command_line) {
  FILE* pipe = ::popen((command_line + " 2>&1").c_str(), "r");
  if (pipe == nullptr) give_up(command_line);
  std::string output;
  char bytes[4096];
  while (const std::size_t size = std::fread(bytes, 1, sizeof bytes, pipe)) {
    output.append(bytes, size);
  }
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

void pause() {
  ::poll(nullptr, 0, 2);
}

TemporaryFolder::TemporaryFolder(const std::filesystem::path& base) {
  std::string name = (base / "gatehouse-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) give_up("temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

unsigned short port_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return 0;
  const std::size_t colon = text.find(':', at);
  if (colon == std::string::npos) return 0;
  unsigned short port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return port;
}

}  // namespace gatehouse::child
